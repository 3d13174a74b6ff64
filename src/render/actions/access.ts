import type { SafeEvent } from '../../core/event.ts';
import { asText, get } from '../../core/json.ts';
import { cut } from '../cut.ts';
import { long, short } from '../field.ts';
import { objectName, objectPhrase, refAt } from '../object.ts';
import { actor, isAnonymous, quoted } from '../person.ts';
import { fromAddress } from '../place.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';

/** Getting at something: applications, other identities, requests that should not be. */
export const accessActions: readonly (readonly [string, Describe])[] = [
  ['authorize_application', authorizeApplication],
  ['impersonation_started', impersonationStarted],
  ['impersonation_ended', impersonationEnded],
  ['source_linked', sourceLinked],
  ['invitation_used', invitationUsed],
  ['suspicious_request', suspiciousRequest],
];

function authorizeApplication(event: SafeEvent): ActionText {
  const { context, application, user } = event;
  const scopes = asText(get(context, 'scopes'))?.trim();
  const endpoint = asText(get(context, 'endpoint'));
  const name = application === undefined ? 'an application' : objectName(application);
  return {
    title: `${actor(user)} opened ${name}${fromAddress(event)}`,
    summary: () =>
      sentences(
        scopes !== undefined && scopes !== '' ? `Scopes: ${scopes.split(/\s+/).slice(0, 20).join(', ')}.` : undefined,
        endpoint !== undefined && `Remote access to ${quoted(cut(endpoint, 100))}.`,
        scopes === undefined && endpoint === undefined && 'Access was granted.',
        user.on_behalf_of !== undefined && `Done while impersonating ${actor(user.on_behalf_of)}.`,
      ),
  };
}

function impersonationStarted({ user, context }: SafeEvent): ActionText {
  const target = user.on_behalf_of === undefined ? 'another user' : actor(user.on_behalf_of);
  const reason = asText(get(context, 'reason'))?.trim();
  return {
    title: `${actor(user)} started impersonating ${target}`,
    summary: () =>
      sentences(
        `${actor(user)} now acts with the rights of ${target}.`,
        reason === '' && 'No reason was given.',
        reason !== undefined && reason !== '' && `Reason given: ${quoted(cut(reason, 300))}.`,
      ),
  };
}

function impersonationEnded({ user }: SafeEvent): ActionText {
  // Without a name, because the session has lost it by then in the versions known.
  const target = user.on_behalf_of;
  return {
    title: `${actor(user)} stopped impersonating${target === undefined ? '' : ` ${actor(target)}`}`,
    summary: () => `${actor(user)} acts in their own name again.`,
  };
}

function sourceLinked(event: SafeEvent): ActionText {
  const source = refAt(event.context, 'source');
  const name = source === undefined ? 'an external source' : objectPhrase(source);
  return {
    title: `${actor(event.user)} linked ${name}${fromAddress(event)}`,
    summary: () => `From now on ${actor(event.user)} can sign in through ${name}.`,
  };
}

function invitationUsed(event: SafeEvent): ActionText {
  const who = isAnonymous(event.user) ? '' : ` by ${actor(event.user)}`;
  return {
    title: `Invitation used${who}${fromAddress(event)}`,
    summary: () => 'Somebody opened an invitation link and goes on to enrol.',
    fields: () => short('Invitation', asText(get(event.context, 'invitation_uuid'))),
  };
}

function suspiciousRequest(event: SafeEvent): ActionText {
  const { context, message, exception, user } = event;
  const token = refAt(context, 'token');
  const provider = refAt(context, 'provider');
  const said = message ?? asText(exception?.[0]?.value) ?? '';
  if (token === undefined) {
    return {
      title: `Suspicious request${fromAddress(event)}`,
      summary: () =>
        sentences(
          stop(cut(said, 300)),
          'authentik refused it. Scanners cause these all day; many from one address, or one from a signed-in user, are worth a look.',
        ),
    };
  }
  return {
    title: `${stop(cut(said, 100)).replace(/\.$/, '')}${isAnonymous(user) ? '' : `: ${actor(user)}`}${fromAddress(event)}`,
    summary: () =>
      sentences(
        'Somebody presented a token that had been revoked.',
        'A copy of it may be in wrong hands, or an application kept an old one.',
      ),
    fields: () => [...long('Token', token.name), ...short('Provider', provider?.name)],
  };
}
