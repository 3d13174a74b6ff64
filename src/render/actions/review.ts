import type { ModelRef, SafeEvent } from '../../core/event.ts';
import { asText, get } from '../../core/json.ts';
import { cut, list } from '../cut.ts';
import { long } from '../field.ts';
import { objectPhrase, refAt, toRef } from '../object.ts';
import { actor, quoted, username } from '../person.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';

/** Access reviews and access requests: who may keep, who wants to have. */
export const reviewActions: readonly (readonly [string, Describe])[] = [
  ['review_initiated', (event) => review(event, 'is due', 'Somebody has to confirm who may keep access.')],
  ['review_overdue', (event) => review(event, 'is overdue', 'Nobody has confirmed in time who may keep access.')],
  ['review_attested', (event) => review(event, 'was attested', 'The access was confirmed.')],
  ['review_completed', (event) => review(event, 'was completed', 'Nothing is left to do.')],
  ['access_request_created', (event) => request(event, 'asked for', 'Somebody has to decide.')],
  ['access_request_approved', (event) => request(event, 'approved', 'The access is granted.')],
  ['access_request_denied', (event) => request(event, 'denied', 'The access is not granted.')],
  ['access_request_revoked', (event) => request(event, 'revoked', 'The access that was granted is taken back.')],
];

function review(event: SafeEvent, state: string, meaning: string): ActionText {
  const target = refAt(event.context, 'target');
  const by = username(event.user) === undefined ? '' : ` by ${actor(event.user)}`;
  const of = target === undefined ? '' : ` of ${objectPhrase(target)}`;
  return {
    title: `Access review${of} ${state}${state.startsWith('was') ? by : ''}`,
    summary: () => sentences(target === undefined && event.message !== undefined && stop(event.message), meaning),
    fields: () => long('Reviewed', target === undefined ? undefined : objectPhrase(target)),
  };
}

function request(event: SafeEvent, verb: string, meaning: string): ActionText {
  const targets = get(event.context, 'targets');
  const refs = Array.isArray(targets) ? targets.map(toRef).filter((ref) => ref !== undefined) : [];
  const names = list(refs.map(objectPhrase), 160);
  const comment = asText(get(event.context, 'comment'));
  return {
    title: titleOf(event, verb, names),
    summary: () =>
      sentences(comment !== undefined && comment !== '' && `Comment: ${quoted(cut(comment, 300))}.`, meaning),
    fields: () => long('Access to', names),
  };
}

function titleOf({ user, model }: SafeEvent, verb: string, names: string): string {
  const access = names === '' ? 'access' : `access to ${names}`;
  return verb === 'asked for'
    ? `${actor(user)} asked for ${access}`
    : `${actor(user)} ${verb} ${access}${requester(model)}`;
}

/** A request's text names who asked: `Request by edith.clarke for Wiki editors`. */
function requester(model: ModelRef | undefined): string {
  const name = /^Request by (\S{1,100}) for /.exec(model?.name ?? '')?.[1];
  return name === undefined ? '' : ` for ${actor({ username: name })}`;
}
