import type { EventUser } from '../core/event.ts';
import { asText, get, type JsonObject } from '../core/json.ts';
import { cut } from './cut.ts';
import { isMasked } from './masked.ts';

const nameCharsMax = 60;
/** What can stand in a sentence without being taken for a part of it. U+FE0F is a mark: named a second time, all ways to read many of them would be tried. */
const word = /^(?:[\p{L}\p{N}\p{M}\p{Extended_Pictographic}._@+$\\-]|\u200d)+$/u;

/** A name from an event as a part of a sentence: at most 60 units, in quotation marks when it could be read as more than a name. */
export function named(name: string): string {
  const short = cut(name, nameCharsMax);
  return word.test(name) ? short : quoted(short);
}

/** The text in quotation marks, with none of them inside. */
export function quoted(text: string): string {
  return `“${text.replaceAll(/[“”„"]/g, "'")}”`;
}

/** The acting user for a sentence; `authentik` for what the system does by itself. */
export function actor(user: EventUser): string {
  const name = username(user);
  return name === undefined ? 'authentik' : named(name);
}

/** The user's name, else the mail address, else `user <pk>`; undefined when there is nobody. */
export function username(user: EventUser): string | undefined {
  if (user.username !== undefined && user.username !== '') return user.username;
  if (user.email !== undefined && user.email !== '') return user.email;
  return user.pk === undefined || user.pk === null ? undefined : `user ${user.pk}`;
}

/** True for authentik's stand-in for somebody who is not signed in; versions before 2024.2 tell by the name only. */
export function isAnonymous(user: EventUser): boolean {
  return user.is_anonymous === true || user.username === 'AnonymousUser';
}

/** For a field: `ada.lovelace (ada@example.com)`. */
export function userLine(user: EventUser): string | undefined {
  const name = username(user);
  if (name === undefined) return undefined;
  return user.email === undefined || user.email === '' || user.email === name ? name : `${name} (${user.email})`;
}

/** The name that was typed: `an unknown name` for one that redaction kept back, because it may be a mistyped password. */
function typedName(name: string): string {
  return isMasked(name) ? 'an unknown name' : named(name);
}

/** Whose name was typed or meant: the context's, which is there also when authentik found no such user. */
export function attempted(context: JsonObject, user: EventUser): string {
  const typed = asText(get(context, 'username'));
  return typed === undefined || typed === '' ? actor(user) : typedName(typed);
}
