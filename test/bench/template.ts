import { readFileSync } from 'node:fs';
import { asObject, asText, get, type JsonObject } from '../../src/core/json.ts';
import type { Random } from './random.ts';

/** One line of the corpus with holes where every printed line has its own value. */
export interface Template {
  readonly family: string;
  readonly action: string | undefined;
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: number;
  /** The line's text at a time, in microseconds since 1970; other holes are drawn. */
  readonly fill: (micros: number, random: Random) => string;
}

type Hole = (micros: number, random: Random, was: string) => string;

/** First match wins. Equal texts inside one line stay equal, as a request id that stands in it twice. */
const holes: readonly (readonly [RegExp, Hole])[] = [
  [/2026-01-15[T ]\d\d:\d\d:\d\d\.\d{6}/, (micros, _, was) => isoTime(micros, was.charAt(10), true)],
  [/2026-01-15[T ]\d\d:\d\d:\d\d/, (micros, _, was) => isoTime(micros, was.charAt(10), false)],
  [/17684\d{5}\.\d{3,}/, (micros) => (micros / 1e6).toFixed(6)],
  [
    /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/,
    (_, random) => dashed(hex(random) + hex(random) + hex(random) + hex(random)),
  ],
  [/\b[0-9a-f]{32}\b/, (_, random) => hex(random) + hex(random) + hex(random) + hex(random)],
  // 198.18.0.0/15 is set aside for benchmarks.
  [
    /\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}\b/,
    (_, random) => `198.${18 + random.below(2)}.${random.below(256)}.${1 + random.below(254)}`,
  ],
  [
    /\b10\.(?:\d{1,3}\.){2}\d{1,3}\b/,
    (_, random) => `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
  ],
  [/(?<="(?:username|user)": ?")[a-z]+\.[a-z]+(?=")/, (_, random) => userName(random)],
  [/(?<="email": ")[a-z.]+(?=@)/, (_, random) => userName(random)],
  [/(?<="runtime": ?)\d+(?=,)/, (_, random) => String(3 + random.below(900))],
  [/(?<="pid": ?)\d+(?=,)/, (_, random) => String(20 + random.below(8))],
];
const anyHole = new RegExp(holes.map(([pattern]) => `(${pattern.source})`).join('|'), 'g');

/** Reads every line of the corpus that has a stream and a family. */
export function readTemplates(corpus: URL): readonly Template[] {
  const lines = readFileSync(new URL('lines.log', corpus), 'utf8').split('\n');
  const expected = readNdjson(new URL('lines.expected.ndjson', corpus));
  const origins = readNdjson(new URL('lines.origin.ndjson', corpus));
  return expected.map((line, index) => {
    const action = asText(get(asObject(get(line, 'event')), 'action'));
    const stream = get(origins[index], 'stream') === 'stdout' ? 'stdout' : 'stderr';
    return compile(lines[index] ?? '', asText(get(line, 'family')) ?? '', action, stream);
  });
}

function compile(text: string, family: string, action: string | undefined, stream: 'stdout' | 'stderr'): Template {
  const literals: string[] = [];
  const refs: number[] = [];
  const values: { readonly hole: Hole; readonly was: string }[] = [];
  const byText = new Map<string, number>();
  let from = 0;
  for (const match of text.matchAll(anyHole)) {
    const was = match[0];
    const kind = holes[match.slice(1).findIndex((group) => group !== undefined)];
    if (kind === undefined) throw new Error(`no hole for ${was}`);
    let ref = byText.get(was);
    if (ref === undefined) {
      ref = values.push({ hole: kind[1], was }) - 1;
      byText.set(was, ref);
    }
    literals.push(text.slice(from, match.index));
    refs.push(ref);
    from = match.index + was.length;
  }
  const tail = text.slice(from);
  const fill = (micros: number, random: Random): string => {
    const drawn = values.map(({ hole, was }) => hole(micros, random, was));
    let line = '';
    for (let i = 0; i < refs.length; i++) line += literals[i]! + drawn[refs[i]!]!;
    return line + tail;
  };
  return { family, action, stream, bytes: Buffer.byteLength(text), fill };
}

function readNdjson(file: URL): readonly JsonObject[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): JsonObject => JSON.parse(line));
}

const first = ['ada', 'alan', 'barbara', 'charles', 'edith', 'frances', 'grace', 'hedy', 'jose', 'katherine', 'mary'];
const last = ['allen', 'babbage', 'clarke', 'hamilton', 'hopper', 'johnson', 'lamarr', 'liskov', 'lovelace', 'turing'];

function userName(random: Random): string {
  return `${first[random.below(first.length)]}.${last[random.below(last.length)]}${random.below(200)}`;
}

function hex(random: Random): string {
  return random.u32().toString(16).padStart(8, '0');
}

function dashed(hex32: string): string {
  return `${hex32.slice(0, 8)}-${hex32.slice(8, 12)}-${hex32.slice(12, 16)}-${hex32.slice(16, 20)}-${hex32.slice(20)}`;
}

function isoTime(micros: number, separator: string, fraction: boolean): string {
  const seconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19).replace('T', separator);
  return fraction ? `${seconds}.${String(micros % 1_000_000).padStart(6, '0')}` : seconds;
}
