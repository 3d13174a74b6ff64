import { isObject } from '../../src/core/json.ts';
import type { Random } from '../bench/random.ts';

/** What means something to somebody on the way: a parser, a terminal, a chat, a mail, a SIEM. */
const nasty = [
  '\n', '\r\n', '\0', '\t', '"', "'", '\\', '\\u0000', '\\ud800', '{', '}', '[', ']', '|', '^', '=', ',', ':', ' F ', ' P ',
  '\u001b[2J', '\u009b31m', '\u202e', '\u200b', '\u2028', '\u0085', '\ufeff', '\u{e0041}', '🔑', 'é', '<!channel>', '<@U01>', '@everyone',
  '[x](https://e.example)', '<script>', '&lt;', '</td>', '" onmouseover="x', 'https://e.example/', 'javascript:x', '\nBcc: a@b.example',
  '\nCEF:0|a|b|1|x|x|1|', '^usrName=x', '][x@1 a="b"]', '\n<13>1 - - - - - -', '__proto__', 'constructor', 'Created Event', '%00', '%25',
  '1e999', '-0', 'null', 'true', '9'.repeat(40), 'x'.repeat(3000), '{'.repeat(300), '[redacted:jwt]', '\u0301'.repeat(50),
] as const; // prettier-ignore

/** The bytes of a line with some of them changed, left out, doubled, or mixed with those of another line. */
export function mutateBytes(line: string, other: string, random: Random): Buffer {
  let bytes = Buffer.from(line);
  for (let left = 1 + random.below(6); left > 0; left--) {
    const at = random.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + random.below(40));
    const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
    switch (random.below(6)) {
      case 0:
        bytes = Buffer.concat([head, Buffer.from([random.below(256)]), bytes.subarray(at + 1)]);
        break;
      case 1:
        bytes = Buffer.concat([head, tail]);
        break;
      case 2:
        bytes = Buffer.concat([head, middle, middle, tail]);
        break;
      case 3:
        bytes = Buffer.concat([head, Buffer.from(other).subarray(random.below(other.length + 1))]);
        break;
      case 4:
        bytes = Buffer.concat([head, Buffer.from([random.below(256), random.below(256)]), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([head, Buffer.from(chosen(nasty, random)), bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** How a secret stands in a text; what is found by its form and what is by the name before it. */
const plants: readonly ((secret: string) => string)[] = [
  (secret) => `password=${secret}`,
  (secret) => `/flow/?a=b&token=${secret}&next=/`,
  (secret) => `sent Bearer ${secret} again`,
  (secret) => `{'pk': 1, 'pin': '${secret}', 'b': True}`,
  (secret) => `{"a": [{"client_secret": "${secret}"}]}`,
  (secret) => `https://u:${secret}@h.example/`,
  (secret) => `/recovery/use-token/${secret}/`,
  (secret) => `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`,
  (secret) => `Cookie: authentik_session=${secret}; a=b`,
  (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
];

/**
 * The line of an event with some of its values exchanged for others of any kind, keys renamed, values nested, and a secret
 * planted as a value of its own; undefined for a line that is no JSON object.
 */
export function mutateStructure(line: string, secret: string, random: Random): Buffer | undefined {
  const value = parsed(line);
  if (!isObject(value) || !isObject(value['context'])) return undefined;
  const leaves = placesOf(value, []).filter(([top]) => top === 'context' || top === 'user' || top === 'client_ip');
  for (let left = 1 + random.below(5); left > 0 && leaves.length > 0; left--) {
    set(value, chosen(leaves, random), anything(random, 0));
  }
  const planted = chosen(plants, random)(secret);
  const context = value['context'];
  if (isObject(context)) {
    Object.assign(context, random.below(2) === 0 ? { planted } : { message: planted });
    if (random.below(3) === 0) Object.assign(context, { [chosen(nasty, random)]: { deep: [{ planted }] } });
  }
  return Buffer.from(JSON.stringify(value));
}

function anything(random: Random, depth: number): unknown {
  const text = (): string => Array.from({ length: 1 + random.below(4) }, () => chosen(nasty, random)).join('');
  switch (random.below(depth > 3 ? 4 : 8)) {
    case 0:
      return null;
    case 1:
      return random.below(2) === 0;
    case 2:
      return chosen([0, -1, 1.5, 1e300, 2 ** 53, -0], random);
    case 3:
    case 4:
      return text();
    case 5:
      return [anything(random, depth + 1), anything(random, depth + 1)];
    case 6:
      return { [text()]: anything(random, depth + 1), name: anything(random, depth + 1) };
    default:
      return { app: text(), model_name: text(), pk: anything(random, depth + 1), name: text() };
  }
}

type Place = readonly string[];

/** Every value inside, by the keys that lead to it. */
function placesOf(value: unknown, path: Place): readonly Place[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  return [
    ...(path.length === 0 ? [] : [path]),
    ...Object.entries(value).flatMap(([key, item]) => placesOf(item, [...path, key])),
  ];
}

function set(value: object, path: Place, to: unknown): void {
  let inner: unknown = value;
  for (const key of path.slice(0, -1)) {
    // An earlier change may have put something else in the way.
    if (typeof inner !== 'object' || inner === null) return;
    inner = Reflect.get(inner, key);
  }
  const last = path.at(-1);
  if (typeof inner === 'object' && inner !== null && last !== undefined) Reflect.set(inner, last, to);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function chosen<T>(items: readonly T[], random: Random): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
