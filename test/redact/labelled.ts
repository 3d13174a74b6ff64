import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A text of the labelled corpus with made-up values. */
export interface Labelled {
  readonly line: number;
  /** What a mark must say, one of these; empty for a text without a secret. */
  readonly kinds: readonly string[];
  /** Secret only where it stands in a context, not as a text. */
  readonly contextOnly: boolean;
  readonly text: string;
  /** The made-up values that must not survive. */
  readonly secrets: readonly string[];
}

const folder = join(import.meta.dirname, '../fixtures/redaction');

/** The texts of a file of the labelled corpus, `rounds` times with other values. */
export function labelled(file: 'secrets.txt' | 'clean.txt', rounds: number): readonly Labelled[] {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    if (line === '' || line.startsWith('# ')) return [];
    const blank = line.indexOf(' ');
    const [label, template] = file === 'clean.txt' ? ['', line] : [line.slice(0, blank), line.slice(blank + 1)];
    return Array.from({ length: rounds }, (_, round) => {
      const [kinds = '', place] = label.split('@');
      return {
        line: at + 1,
        kinds: kinds.split('|'),
        contextOnly: place === 'context',
        ...fill(template, (at + 1) * 1000 + round),
      };
    });
  });
}

function fill(template: string, seed: number): Pick<Labelled, 'text' | 'secrets'> {
  const random = createRandom(seed);
  const secrets: string[] = [];
  const text = template.replaceAll('⏎', '\n').replaceAll(made, (_, open: string, name: string, length = '0') => {
    const value = make(name, Number(length), random);
    // Short ones would be found elsewhere in the text by accident.
    if (open === '' && value.length >= 4) secrets.push(value);
    return value;
  });
  return { text, secrets };
}

const made = /⟪(~?)([\w-]+)(?::(\d+))?⟫/g;

type Random = (below: number) => number;

/** A linear congruential generator: the same values in every run. */
function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const alphabets: ReadonlyMap<string, string> = new Map([
  ['lower', lower + digits],
  ['upper', upper + digits],
  ['hex', '0123456789abcdef'],
  ['base32', `${upper}234567`],
  ['b64raw', `${lower + upper + digits}+/`],
  ['b64url', `${lower + upper + digits}-_`],
]);
const words = ['copper', 'heron', 'Walnut', 'tern', 'Cobalt', 'lynx', 'mauve', 'Falcon', 'ocelot', 'Nimbus'];
const cardStarts = ['4', '51', '55', '2221', '2720', '6011', '65', '3528'];

function make(name: string, length: number, random: Random): string {
  const pick = (from: string, count: number): string =>
    Array.from({ length: count }, () => from.charAt(random(from.length))).join('');
  const word = (): string => words[random(words.length)] ?? '';
  switch (name) {
    case 'mixed':
      return `${pick(upper, 1)}${pick(digits, 1)}${pick(lower, 1)}${pick(lower + upper + digits, length - 3)}`;
    case 'b64':
      return `${pick(`${lower + upper + digits}+/`, length - 2)}==`;
    case 'word':
      return `${word()}-${word()}-${pick(digits, 4)}`;
    case 'phrase':
      return `${word()} ${word()} ${word()} ${pick(digits, 2)}`;
    case 'plain':
      return word();
    case 'digits':
      return pick('123456789', 1) + pick(digits, length - 1);
    case 'uuid':
      return [8, 4, 4, 4, 12].map((count) => pick('0123456789abcdef', count)).join('-');
    case 'jwt':
      return [
        { alg: 'RS256', typ: 'JWT' },
        { sub: pick(lower, 8), exp: random(2 ** 31) },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .concat(pick(`${lower + upper + digits}-_`, 86))
        .join('.');
    case 'card':
    case 'card-blanks':
    case 'card-dashes': {
      const start = cardStarts[random(cardStarts.length)] ?? '4';
      const number = checked(start + pick(digits, 15 - start.length));
      const separator = name === 'card' ? '' : name === 'card-blanks' ? ' ' : '-';
      return (number.match(/\d{4}/g) ?? []).join(separator);
    }
    case 'card-amex':
      return checked(`37${pick(digits, 12)}`);
    default: {
      const alphabet = alphabets.get(name);
      if (alphabet === undefined) throw new Error(`no value is called ${name}`);
      return pick(alphabet, length);
    }
  }
}

/** With the check digit of Luhn's algorithm behind it. */
function checked(number: string): string {
  const sum = Array.from(number)
    .toReversed()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return `${number}${(10 - (sum % 10)) % 10}`;
}
