import type { Secret } from '../core/secret.ts';

const secretLengthMin = 8;

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
 * host, path, path segments and query values of eight characters and more, user-info, header values. So is every one of `secrets`.
 */
export function scrub(
  text: string,
  url: URL,
  headers: { readonly [name: string]: string },
  secrets: readonly Secret[] = [],
): string {
  if (text === '') return text;
  const found = [
    url.href,
    url.host,
    url.hostname,
    url.pathname + url.search,
    url.pathname,
    ...url.pathname.split('/'),
    ...url.search.split(/[?&=]/),
    ...[...url.searchParams].map(([, value]) => value),
    url.username,
    url.password,
    ...Object.entries(headers)
      .filter(([name]) => !plainHeaders.has(name.toLowerCase()))
      .flatMap(([, value]) => [value, ...value.split(' ')]),
  ];
  const long = found.flatMap((part) => [part, decoded(part)]).filter((part) => part.length >= secretLengthMin);
  const hidden = new Set([...long, ...secrets.map((secret) => secret.reveal()).filter((part) => part !== '')]);
  // The longest first, so that no rest of a long one is left when a short one is part of it.
  const ordered = [...hidden].sort((a, b) => b.length - a.length);
  return ordered.reduce((out, secret) => out.replaceAll(secret, '***'), text);
}

function decoded(text: string): string {
  // decodeURIComponent throws for a lone `%`, which a URL may well hold.
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
