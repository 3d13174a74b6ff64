import type { Secret } from '../core/secret.ts';
import { eachLayer } from '../redact/view/layered.ts';
import { replacePlaces, type Found } from '../redact/view/replace.ts';

const secretLengthMin = 8;
/** Shorter passwords would take words apart that have nothing to do with them. */
const passwordLengthMin = 4;

/** Headers whose values are no secret and may stand in an answer. */
const plainHeaders: ReadonlySet<string> = new Set([
  'accept',
  'content-encoding',
  'content-type',
  'user-agent',
  'webhook-id',
  'webhook-timestamp',
]);

/**
 * The text with everything of the request's address and headers that could be a secret replaced by `***`:
 * host, path, path segments and query values of eight characters and more, user-info, header values, the password of Basic
 * authentication. So is every one of `secrets`. They are found as they are, below escapes of JSON, HTML and URLs, and in Base64.
 */
export function scrub(
  text: string,
  url: URL,
  headers: { readonly [name: string]: string },
  secrets: readonly Secret[] = [],
): string {
  if (text === '') return text;
  const sent = Object.entries(headers).filter(([name]) => !plainHeaders.has(name.toLowerCase()));
  const parts = [
    url.href,
    url.host,
    url.hostname,
    url.pathname + url.search,
    url.pathname,
    ...url.pathname.split('/'),
    ...url.search.split(/[?&=]/),
    ...[...url.searchParams].map(([, value]) => value),
    url.username,
    ...sent.flatMap(([, value]) => [value, ...value.split(' ')]),
  ];
  const passwords = [url.password, ...sent.flatMap(([, value]) => basicPassword(value))];
  return hide(text, [
    ...parts.filter((part) => part.length >= secretLengthMin),
    ...passwords.filter((password) => password.length >= passwordLengthMin),
    ...secrets.map((secret) => secret.reveal()),
  ]);
}

function basicPassword(header: string): readonly string[] {
  const pair = /^basic +(\S+)$/i.exec(header)?.[1];
  return pair === undefined
    ? []
    : [
        Buffer.from(pair, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, ''),
      ];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text with each of `secrets`, however it is escaped there, replaced by `***`. */
export function hide(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form !== ''));
  const found: Found[] = [];
  eachLayer(text, (layer, place) => {
    for (const { start, end } of [...placesIn(layer, forms), ...encodedIn(layer, forms)])
      found.push({ start: place(start), end: place(end), standIn: '***' });
  });
  return replacePlaces(text, found);
}

/** A secret that looks escaped itself stands decoded in texts that are decoded to the same depth. */
function formsOf(secret: string): readonly string[] {
  const forms = [decoded(secret)];
  eachLayer(secret, (form) => forms.push(form));
  // What reads a form takes a plus sign for a blank.
  return [...forms, ...forms.map((form) => form.replaceAll('+', ' '))];
}

function decoded(text: string): string {
  // decodeURIComponent throws for a lone `%`, which a URL may well hold.
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

function placesIn(text: string, forms: ReadonlySet<string>): readonly Span[] {
  const places: Span[] = [];
  for (const form of forms) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length))
      places.push({ start: at, end: at + form.length });
  }
  return places;
}

/** Runs of Base64 that hold one of the forms. What stands before a run may look like a part of it, so it is read from each of four places. */
function encodedIn(text: string, forms: ReadonlySet<string>): readonly Span[] {
  const needles = [...forms].filter((form) => form.length >= secretLengthMin);
  return [...text.matchAll(/[\w+/-]{11,}={0,2}/g)].flatMap(({ 0: run, index }) => {
    const readings = [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), 'base64').toString('utf8'));
    const holds = needles.some((needle) => readings.some((reading) => reading.includes(needle)));
    return holds ? [{ start: index, end: index + run.length }] : [];
  });
}
