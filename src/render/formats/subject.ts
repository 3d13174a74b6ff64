import { isIP } from 'node:net';
import type { Asn, EventUser, Geo, ModelRef, SafeEvent } from '../../core/event.ts';
import { asText, get } from '../../core/json.ts';
import { isMasked } from '../masked.ts';
import { isAnonymous } from '../person.ts';
import { modelClass } from './model-class.ts';

/** Somebody as the formats know people; at least one of the three is there. */
export interface Person {
  readonly name?: string;
  readonly id?: string;
  readonly email?: string;
}

/** Who takes which part in an event. */
export interface Roles {
  /** Who did it, or tried to log in. Undefined for what authentik does by itself and for names that redaction kept back. */
  readonly actor: Person | undefined;
  /** The account that it was done to, when it is another one or the event is about accounts. */
  readonly target: Person | undefined;
  /** Whom the actor impersonates. */
  readonly effective: Person | undefined;
}

/** The parts that the versions of authentik put at different places. */
export function rolesOf(event: SafeEvent): Roles {
  const { action, user, model } = event;
  const effective = person(user.on_behalf_of);
  if (action === 'login_failed' || action === 'invalid_identifier') {
    return { actor: whoTried(event), target: undefined, effective };
  }
  const by = action === 'password_set' ? setter(user) : undefined;
  if (by !== undefined) return { actor: by, target: person(user), effective };
  return { actor: person(user), target: targetOf(model), effective };
}

/** The text when it is one and not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A key as text, whether authentik wrote it as a number or as a text. */
export function idText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : text(value);
}

/** The client's address when it is one that every receiver takes: without the zone of a link-local one. */
export function clientAddress({ client_ip }: SafeEvent): string | undefined {
  const address = client_ip?.split('%', 1)[0] ?? '';
  return isIP(address) === 0 ? undefined : address;
}

/** Where on earth; undefined for what is no place there, for which a receiver would refuse the whole document. */
export function coordinates({ lat, long }: Geo): { readonly lat: number; readonly long: number } | undefined {
  return isDegrees(lat, 90) && isDegrees(long, 180) ? { lat, long } : undefined;
}

function isDegrees(value: unknown, max: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= max;
}

/** The number of an autonomous system, when it is a whole one. */
export function asNumber(asn: Asn | undefined): number | undefined {
  return Number.isSafeInteger(asn?.asn) ? asn?.asn : undefined;
}

function person(user: EventUser | undefined): Person | undefined {
  const name = text(user?.username);
  const id = idText(user?.pk);
  const email = text(user?.email);
  if (name === undefined && id === undefined && email === undefined) return undefined;
  return {
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    ...(email !== undefined && { email }),
  };
}

/**
 * The name that was typed, with the rest of the account only where authentik found that very account. A browser that is not
 * signed in is `AnonymousUser` there, which is nobody who tried anything.
 */
function whoTried({ user, context }: SafeEvent): Person | undefined {
  const typed = text(asText(get(context, 'username')) ?? asText(get(context, 'identifier')));
  const own = isAnonymous(user) ? undefined : person(user);
  if (typed === undefined || isMasked(typed)) return own;
  return own !== undefined && (own.name === typed || own.email === typed) ? own : { name: typed };
}

/** The administrator who set somebody else's password: the session's user, beside the account's own. */
function setter(user: EventUser): Person | undefined {
  const session = user.authenticated_as;
  if (session === undefined || isAnonymous(session) || session.pk === user.pk) return undefined;
  return person(session);
}

function targetOf(model: ModelRef | undefined): Person | undefined {
  return model !== undefined && modelClass(model) === 'user'
    ? person({ username: model.name ?? '', pk: model.pk ?? null })
    : undefined;
}
