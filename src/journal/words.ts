import type { Event } from '../core/event.ts';
import type { EventQuery } from './journal.ts';

const wordCharsMax = 64;
const wordsMax = 200;
/** Of each long text of an event, the beginning is enough to find it by. */
const textCharsMax = 400;

/**
 * The words an event is found by: lower case, letters and digits only, so that SQLite's simplest tokenizer splits them where we did
 * and nothing in a query can be FTS syntax.
 */
export function wordsOf(event: Event): string {
  const { user, model, application, geo, asn, http, origin } = event;
  const parts: readonly (string | undefined)[] = [
    event.action,
    user.username,
    user.email,
    user.on_behalf_of?.username,
    user.authenticated_as?.username,
    event.client_ip,
    model?.model_name,
    model?.name,
    application?.name,
    event.message?.slice(0, textCharsMax),
    ...(event.exception ?? []).map(({ type, value }) => `${type} ${value.slice(0, textCharsMax)}`),
    geo?.city,
    geo?.country,
    asn?.as_org,
    http?.method,
    http?.path?.slice(0, textCharsMax),
    event.schema_name,
    event.request_id,
    origin.pod,
  ];
  return words(parts.join(' ')).join(' ');
}

/** The exact values an event is found by, each as one token that no text can contain. */
export function exactOf(event: Event): readonly string[] {
  return [
    exact('action', event.action),
    ...(event.user.username === undefined ? [] : [exact('user', event.user.username)]),
    ...(event.client_ip === undefined ? [] : [exact('clientIp', event.client_ip)]),
  ];
}

/** What a query asks of the index: every one of `words` as the beginning of a word, every one of `exact`. */
export interface Terms {
  readonly words: readonly string[];
  readonly exact: readonly string[];
}

export function termsOf(query: EventQuery): Terms {
  const exacts = (['action', 'user', 'clientIp'] as const).flatMap((field) => {
    const value = query[field];
    return value === undefined ? [] : [exact(field, value)];
  });
  return { words: words(query.search ?? '').slice(0, 16), exact: exacts };
}

/** True when the event is what the query asks for; the last word, also after the index. */
export function matches(event: Event, query: EventQuery, terms: Terms): boolean {
  if (query.action !== undefined && event.action !== query.action) return false;
  if (query.user !== undefined && event.user.username !== query.user) return false;
  if (query.clientIp !== undefined && event.client_ip !== query.clientIp) return false;
  if (query.sinceMs !== undefined && event.at < query.sinceMs) return false;
  if (query.untilMs !== undefined && event.at > query.untilMs) return false;
  if (terms.words.length === 0) return true;
  const own = ` ${wordsOf(event)}`;
  return terms.words.every((word) => own.includes(` ${word}`));
}

function words(text: string): readonly string[] {
  const found = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return found.slice(0, wordsMax).map((word) => word.slice(0, wordCharsMax));
}

/** `§` is a token character to the tokenizer and never in a word. Lossy; {@link matches} compares the value itself. */
function exact(field: 'action' | 'user' | 'clientIp', value: string): string {
  return `§${field[0]}${words(value).join('').slice(0, wordCharsMax)}`;
}
