import { isDigit, stops, until } from './characters.ts';
import type { Kind } from './kinds.ts';
import type { Spans } from './spans.ts';

/** Prefixes by which services mark their keys, with the shortest length of a whole one. */
const prefixes: readonly (readonly [prefix: string, lengthMin: number])[] = [
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((prefix) => [prefix, 20] as const),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'].map((prefix) => [prefix, 24] as const),
  ...[
    'glpat-',
    'gldt-',
    'glrt-',
    'glptt-',
    'glsa_',
    'glc_',
    'glcbt-',
    'glimt-',
    'glft-',
    'gloas-',
    'glsoat-',
    'glagent-',
    'glffct-',
  ].map((prefix) => [prefix, 16] as const),
  ...['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxf-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'].map(
    (prefix) => [prefix, 16] as const,
  ),
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk-', 'shpat_', 'shpss_'].map((prefix) => [prefix, 20] as const),
  ...[
    'AIza',
    'npm_',
    'pypi-',
    'dop_v1_',
    'hf_',
    'pat_',
    'lin_api_',
    'AGE-SECRET-KEY-',
    'age-secret-key-',
    'EAACEdEose0cBA',
    'sntryu_',
    'nfp_',
    'figd_',
    'phx_',
    'HRKU-',
  ].map((prefix) => [prefix, 30] as const),
  ...['GOCSPX-', 'dckr_pat_', 'tskey-', 'ATATT3', 'sq0atp-', 'sq0csp-', 'NRAK-'].map((prefix) => [prefix, 28] as const),
  ['EAAA', 56],
];
const prefixLengthMin = 16;

/** Keys that a prefix alone would not tell from a name. */
const shapes: ReadonlyMap<string, RegExp> = new Map([
  ['key-', /^key-[0-9a-f]{32}$/],
  ['dapi', /^dapi[0-9a-f]{32}$/],
  ['tk_', /^tk_[a-z0-9]{29}$/],
]);

/** What begins so goes on as Base 64 does: signing keys of webhooks, and XML documents of SAML. */
const encoded: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['whsec_', 'api_key'],
  ['eyAi', 'jwt'], // { "
  ['ewog', 'jwt'], // {, a line end
  ['ew0K', 'jwt'],
  ['PHNhbW', 'saml'], // <saml, <samlp
  ['PFJlc3BvbnNl', 'saml'], // <Response
  ['PEFzc2VydGlvb', 'saml'], // <Assertion
  ['PD94bWwg', 'saml'], // <?xml
];
const encodedLengthMin = 24;

const encodedFirsts: ReadonlySet<number> = new Set(encoded.map(([prefix]) => prefix.charCodeAt(0)));
const byFirst: readonly (readonly (readonly [prefix: string, lengthMin: number])[])[] = Array.from(
  { length: 128 },
  (_, code) => prefixes.filter(([prefix]) => prefix.charCodeAt(0) === code),
);
const dotted: readonly string[] = ['SG', 'ya29', 'hvs', 'hvb', 'dt0c01'];
const dottedLengthMax = 6;
/** Tokens of Discord's bots: an id in Base64, a time and a signature. */
const discordBot = String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{28,45}`;
const discordBotAt = new RegExp(discordBot, 'y');

/** The lengths of the keys that authentik makes for tokens and for client secrets; its client ids, which are public, have 40. */
const randomLengths = [60, 128] as const;

/** What keys of services and JWTs begin with, three characters at least. */
export const tokenOpenings: readonly string[] = [
  'eyJ',
  ...prefixes.map(([prefix]) => prefix),
  ...shapes.keys(),
  ...encoded.map(([prefix]) => prefix),
  ...dotted.map((prefix) => `${prefix}.`),
  ...Array.from({ length: 10 }, (_, digit) => `${digit}Q~`),
];

/** Where keys may be: a text without a match has none. */
export const tokenStart = new RegExp(
  [
    ...tokenOpenings.map((opening) => opening.replace('.', String.raw`\.`)),
    `[A-Za-z0-9]{${randomLengths[0]}}`,
    discordBot,
  ].join('|'),
);

/** A word that is a key by its form: of a service, or one of authentik's own. Gives where to go on, `end` when it is none. */
export function apiKey(text: string, start: number, end: number, found: Spans): number {
  const length = end - start;
  if (text.charCodeAt(end) === tilde && /\dQ$/.test(text.slice(end - 2, end))) return azureSecret(text, end, found);
  if (length < 8) return end;
  const first = text.charCodeAt(start);
  const beginsBase64 = encodedFirsts.has(first)
    ? encoded.find(([prefix]) => text.startsWith(prefix, start))
    : undefined;
  if (beginsBase64 !== undefined) return base64(text, start, end, beginsBase64[1], found);
  if (length < prefixLengthMin) return end;
  const known =
    (byFirst[first] ?? []).some(([prefix, lengthMin]) => length >= lengthMin && text.startsWith(prefix, start)) ||
    hasShape(text, start, end) ||
    ((length === randomLengths[0] || length === randomLengths[1]) && isRandom(text, start, end));
  if (known) found.add(start, end, 'api_key');
  return end;
}

/** `SG.…`, `ya29.…`: keys whose prefix ends with the dot at `at`. Gives where to go on, `at` when it is none. */
export function dottedKey(text: string, start: number, at: number, found: Spans): number {
  const length = at - start;
  if (length >= 24 && length <= 28) return discordToken(text, start, at, found);
  if (length > dottedLengthMax || length < 2 || !dotted.includes(text.slice(start, at))) return at;
  const end = until(text, at, dottedEnd);
  if (end - at < 20) return at;
  found.add(start, end, 'api_key');
  return end;
}

function discordToken(text: string, start: number, at: number, found: Spans): number {
  discordBotAt.lastIndex = start;
  if (!discordBotAt.test(text)) return at;
  found.add(start, discordBotAt.lastIndex, 'api_key');
  return discordBotAt.lastIndex;
}

const dottedEnd = stops(' \t\r\n"\'<>,;)}]\\&[');
const tilde = 126;
const azureTail = /~[\w.~-]{31,37}/y;
const azureHeadLength = 5;

/** A client secret of Microsoft Entra: three characters, a digit, `Q~`, and 31 or more. `at` is the tilde. */
function azureSecret(text: string, at: number, found: Spans): number {
  azureTail.lastIndex = at;
  if (!azureTail.test(text)) return at;
  found.add(at - azureHeadLength, azureTail.lastIndex, 'api_key');
  return azureTail.lastIndex;
}

function base64(text: string, start: number, end: number, kind: Kind, found: Spans): number {
  const more = kind === 'jwt' ? jwtMore : base64More;
  more.lastIndex = end;
  more.test(text);
  const to = more.lastIndex;
  if (to - start < encodedLengthMin) return end;
  found.add(start, to, kind);
  return to;
}

const base64More = /[\w+/=-]*/y;
const jwtMore = /[\w+/=.-]*/y;

function hasShape(text: string, start: number, end: number): boolean {
  for (const [prefix, shape] of shapes) {
    if (text.startsWith(prefix, start) && shape.test(text.slice(start, Math.min(end, start + 48)))) return true;
  }
  return false;
}

/** True for letters of both cases and digits with nothing between them; not for a piece of Base64. */
function isRandom(text: string, start: number, end: number): boolean {
  if (isBase64Sign(text.charCodeAt(start - 1)) || isBase64Sign(text.charCodeAt(end))) return false;
  let digit = false;
  let lower = false;
  let upper = false;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (isDigit(code)) digit = true;
    else if (code >= 97 && code <= 122) lower = true;
    else if (code >= 65 && code <= 90) upper = true;
    else return false;
  }
  return digit && lower && upper;
}

/** `+` or `/`; `=` stands before a value as well. */
function isBase64Sign(code: number): boolean {
  return code === 43 || code === 47;
}
