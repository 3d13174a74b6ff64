import { createHmac } from 'node:crypto';
import { shortValue } from '../core/short-value.ts';
import { pseudonymForm } from '../core/stand-in.ts';
import { canonicalAddress, networkOf } from './view/address.ts';

/** What is told apart when a value gets its pseudonym. User names and mail addresses are one kind: many log in with their address. */
export type PseudonymKind = 'person' | 'address' | 'network' | 'value';

/** A key that pseudonyms were made with before. */
export interface PreviousKey {
  readonly bytes: Uint8Array;
  /** Events before this time also tell the pseudonym by this key, ms; undefined: none does. */
  readonly untilMs: number | undefined;
}

/** The keys that are known. */
export interface PseudonymKeys {
  readonly current: Uint8Array;
  readonly previous: readonly PreviousKey[];
}

/** Makes pseudonyms like `user-7f3a-9c01d2e4b5a69788`: what it is, which key, 64 bits of HMAC-SHA-256. */
export interface Pseudonyms {
  /** The pseudonym by the newest key: the same for every spelling of a value, whenever and wherever it occurs. */
  of(kind: PseudonymKind, value: string): string;
  /** Those by previous keys that still overlap at the time of an event. */
  earlier(kind: PseudonymKind, value: string, atMs: number): readonly string[];
  /** Those by all keys. */
  all(kind: PseudonymKind, value: string): readonly string[];
  /** Four hexadecimal digits for each key, the newest first: the middle part of its pseudonyms. */
  readonly keyIds: readonly string[];
}

/** Values whose pseudonyms are remembered for each key: computing one costs more than all the rest of an event. */
const rememberedMax = 4096;
/** Names have 150 characters at most in authentik, addresses 254: what is longer somebody made up to fill our memory. */
const rememberedCharsMax = 256;
const digits = 16;
const keyIdDigits = 4;

export function createPseudonyms({ current, previous }: PseudonymKeys): Pseudonyms {
  const newest = maker(current);
  const older = previous.map(({ bytes, untilMs }) => ({ make: maker(bytes), untilMs }));
  const overlaps = older.some(({ untilMs }) => untilMs !== undefined);
  return {
    of: (kind, value) => newest.of(kind, value),
    earlier: (kind, value, atMs) =>
      overlaps
        ? older.filter(({ untilMs }) => untilMs !== undefined && atMs < untilMs).map(({ make }) => make.of(kind, value))
        : [],
    all: (kind, value) => [newest, ...older.map(({ make }) => make)].map((one) => one.of(kind, value)),
    keyIds: [newest.id, ...older.map(({ make }) => make.id)],
  };
}

/** The four digits by which a key is known; they say nothing about it. */
export function keyIdOf(key: Uint8Array): string {
  return createHmac('sha256', key).update('herald pseudonym key id').digest('hex').slice(0, keyIdDigits);
}

/** The parts of a pseudonym, whatever its case; undefined for what is none. */
export function parsePseudonym(text: string): { readonly text: string; readonly keyId: string } | undefined {
  const match = pseudonymForm.exec(text.trim().toLowerCase());
  return match === null ? undefined : { text: match[0], keyId: match[2] ?? '' };
}

interface Maker {
  readonly id: string;
  of(kind: PseudonymKind, value: string): string;
}

function maker(key: Uint8Array): Maker {
  const id = keyIdOf(key);
  const remembered: { readonly [kind in PseudonymKind]: Map<string, string> } = {
    person: new Map(),
    address: new Map(),
    network: new Map(),
    value: new Map(),
  };
  return {
    id,
    of(kind, value) {
      const known = remembered[kind];
      const before = known.get(value);
      if (before !== undefined) return before;
      const canonical = canonicalOf(kind, value);
      const mac = createHmac('sha256', key).update(`${kind}\0${canonical}`).digest('hex').slice(0, digits);
      const made = `${prefixOf(kind, canonical)}-${id}-${mac}`;
      if (value.length > rememberedCharsMax) return made;
      if (known.size >= rememberedMax) known.clear();
      known.set(value, made);
      return made;
    },
  };
}

/** The one form of all spellings: `Ada` and `ada`, `é` as one character or two, an address in any notation. */
function canonicalOf(kind: PseudonymKind, value: string): string {
  if (kind === 'address') return canonicalAddress(value) ?? folded(value);
  if (kind === 'network') return networkOf(value) ?? folded(value);
  // Messages about several events know no more of a long value than its short form.
  const short = shortValue(value);
  return kind === 'person' ? folded(short) : short.normalize('NFC');
}

function folded(value: string): string {
  return value.trim().normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
}

function prefixOf(kind: PseudonymKind, canonical: string): string {
  if (kind === 'person') return canonical.includes('@') ? 'mail' : 'user';
  return kind === 'address' ? 'ip' : kind === 'network' ? 'net' : 'value';
}
