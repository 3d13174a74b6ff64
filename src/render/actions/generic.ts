import type { SafeEvent } from '../../core/event.ts';
import { get, isObject, type Json } from '../../core/json.ts';
import { brief } from '../brief.ts';
import { cut, list } from '../cut.ts';
import { long, short, type Field } from '../field.ts';
import { capital } from '../kind.ts';
import { isMasked } from '../masked.ts';
import { toRef } from '../object.ts';
import { actor, isAnonymous, username } from '../person.ts';
import { fromAddress } from '../place.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';

/** Custom events of authentik's own that deserve better than the general text. */
export const customActions: readonly (readonly [string, Describe])[] = [
  ['custom_notification_test', notificationTest],
  ['custom_static_authenticator_disable', recoveryCodesDisabled],
];

/** Said elsewhere, or the furniture of an expression's context. */
const furniture: ReadonlySet<string> = new Set(
  (
    'http_request geo asn message model request context diff exception application authorized_application ' +
    'hyperlink hyperlink_label policy_uuid binding pseudonyms'
  ).split(' '),
);
const factsMax = 8;

/** The text for actions that nobody has written one for: custom events and those of future versions. */
export function describeAny(event: SafeEvent): ActionText {
  const { action, message, user } = event;
  const custom = action.startsWith('custom_');
  const name = capital(
    cut(action.slice(custom ? 'custom_'.length : 0), 60)
      .replaceAll('_', ' ')
      .trim() || (custom ? 'custom event' : 'event without an action'),
  );
  const who = isAnonymous(user) || username(user) === undefined ? '' : `: ${actor(user)}`;
  const facts = Object.entries(event.context).filter(([key, value]) => isFact(key, value));
  return {
    title: `${name}${who}${fromAddress(event)}`,
    summary: () =>
      sentences(
        message !== undefined && stop(cut(message, 600)),
        facts.length > 0 && message === undefined
          ? stop(
              list(
                facts.map(([key, value]) => `${cut(key, 60)}: ${brief(value)}`),
                300,
              ),
            )
          : undefined,
        message === undefined &&
          facts.length === 0 &&
          (custom ? 'A custom event.' : 'An event that carries no more than this.'),
      ),
    fields: () => [
      ...short('Action', cut(action, 120)),
      ...facts.slice(0, factsMax).flatMap(([key, value]) => factField(key, value)),
    ],
  };
}

function isFact(key: string, value: Json): boolean {
  if (furniture.has(key) || key.startsWith('ak_') || value === null || value === '') return false;
  if (typeof value === 'string' && isMasked(value)) return false;
  if (!isObject(value)) return true;
  // Python functions and classes of the expression's context.
  return get(value, 'type') === undefined || get(value, 'module') === undefined;
}

function factField(key: string, value: Json): readonly Field[] {
  const text = cut(toRef(value)?.name ?? brief(value), 300);
  return text.length > 40 ? long(cut(key, 60), text) : short(cut(key, 60), text);
}

function notificationTest({ context }: SafeEvent): ActionText {
  const user = toUser(get(context, 'user'));
  return {
    title: 'Test notification from authentik',
    summary: () => `${user ?? 'Somebody'} tested a notification transport in authentik. Nothing has happened.`,
  };
}

function toUser(value: Json | undefined): string | undefined {
  const name = isObject(value) ? get(value, 'username') : undefined;
  return typeof name === 'string' && name !== '' ? actor({ username: name }) : undefined;
}

function recoveryCodesDisabled(event: SafeEvent): ActionText {
  return {
    title: `${actor(event.user)} removed their recovery codes${fromAddress(event)}`,
    summary: () =>
      sentences(
        event.message !== undefined && stop(event.message),
        'A second factor is gone: make sure that its owner removed it.',
      ),
  };
}
