import type { Event } from '../core/event.ts';
import { get } from '../core/json.ts';
import { isMasked } from './kinds.ts';

/** A name as people and services have them: words of lower-case letters, perhaps an address. */
const nameShape =
  /^[\p{Ll}\p{Lo}\p{M}]{1,24}(?:[._-][\p{Ll}\p{Lo}\p{M}]{1,24}){0,2}(?:@[a-z-]{1,24}(?:\.[a-z-]{1,24}){1,3})?$/u;

/**
 * True for the name of a failed login that belongs to no user and may thus be a password typed into the wrong field.
 * From 2024.6.2 on authentik names the real user whenever the name exists (and gives `http_request.request_id`), so that any
 * name beside an anonymous user is unknown. Older versions call everybody anonymous here: what looks like a name stays.
 */
export function isUnknownUsername(event: Event, name: string | undefined): boolean {
  if (name === undefined || name === '' || isMasked(name) || name === 'AnonymousUser') return false;
  if (event.action === 'invalid_identifier') return true;
  const { user, http } = event;
  if (user.is_anonymous !== true && user.username !== 'AnonymousUser' && user.username !== undefined) return false;
  if (user.username === name) return false;
  return get(event.context, 'http_request') !== undefined && http?.request_id !== undefined
    ? true
    : !nameShape.test(name);
}
