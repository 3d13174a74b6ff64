import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seeded, type Random } from './random.ts';
import { readTemplates, type Template } from './template.ts';

/** What a generated file is made of. `share` of its logical lines are events: 0 to 1. */
interface LogOptions {
  readonly bytes: number;
  readonly share: number;
  readonly seed: number;
}

/** A generated file and its counts. `records` are CRI records (physical lines), `lines` what they join to. */
export interface GeneratedLog {
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly file: string;
  readonly bytes: number;
  readonly records: number;
  readonly lines: number;
  readonly events: number;
  /** Events among them that the kubelet split into P … F records; a reader that joins nothing can't see these. */
  readonly eventsSplit: number;
}

/** Raise when the generator would print other bytes for the same options. */
const revision = 1;
const recordBytesMax = 16_384;
const splitEvery = 1500;
const startMicros = Date.UTC(2026, 0, 15, 9) * 1000;
const corpus = new URL('../fixtures/corpus/', import.meta.url);
const cacheRoot = fileURLToPath(new URL('../../.bench/', import.meta.url));
const place =
  'var/log/pods/authentik_authentik-server-6c55fb8696-bench_3f0c7a52-9d1e-4b8a-8c64-1e5a9b72d0f3/server/0.log';

/** Actions whose events reach a rule whatever else herald holds back (loop prevention, own mail). */
const actions = new Set(
  'login login_failed logout authorize_application model_created model_updated model_deleted user_write password_set secret_view suspicious_request invitation_used source_linked impersonation_started impersonation_ended'.split(
    ' ',
  ),
);

/** How often a family comes among the lines that are no events, as behind a busy server. */
const weights: readonly (readonly [string, number])[] = [
  ['access', 55],
  ['worker', 25],
  ['go', 10],
  ['rust', 3],
  ['lookalike', 3],
  ['python', 2],
  ['foreign', 1],
  ['plain', 1],
];

/** Makes the file, or finds it made before. The first and the last line are events whatever the share. */
export function generate(options: LogOptions): GeneratedLog {
  const name = `r${revision}-seed${options.seed}-${options.bytes}-${Math.round(options.share * 1000)}`;
  const root = join(cacheRoot, name);
  const meta = join(root, 'meta.json');
  if (existsSync(meta)) {
    const found: GeneratedLog = JSON.parse(readFileSync(meta, 'utf8'));
    return found;
  }
  const file = join(root, place);
  mkdirSync(dirname(file), { recursive: true });
  const made = { root, file, ...write(file, options) };
  writeFileSync(`${meta}.part`, `${JSON.stringify(made, null, 2)}\n`);
  renameSync(`${meta}.part`, meta);
  return made;
}

/** One event line of its own as the kubelet would append it, for probing a running daemon. */
export function eventLines(seed: number): () => string {
  const random = seeded(seed);
  const { events } = choose();
  let micros = startMicros + 7_200_000_000;
  return () => {
    micros += 1 + random.below(2000);
    const { stream, fill } = events[random.below(events.length)]!;
    return `${criTime(micros, random)} ${stream} F ${fill(micros, random)}\n`;
  };
}

function choose(): { events: Template[]; others: Template[][]; long: Template[] } {
  const all = readTemplates(corpus);
  const short = all.filter((template) => template.bytes < 2000);
  const wanted = ({ family, action }: Template): boolean => family !== 'event' || actions.has(action ?? '');
  return {
    events: short.filter((template) => template.family === 'event' && wanted(template)),
    others: weights.flatMap(([family, weight]) =>
      Array<Template[]>(weight).fill(short.filter((template) => template.family === family && template.bytes > 0)),
    ),
    long: all.filter((template) => template.bytes > recordBytesMax && wanted(template)),
  };
}

function write(file: string, { bytes, share, seed }: LogOptions): Omit<GeneratedLog, 'root' | 'file'> {
  const random = seeded(seed);
  const { events, others, long } = choose();
  const out = openSync(file, 'w');
  const block = Buffer.allocUnsafe(8 * 1024 * 1024);
  const count = { bytes: 0, records: 0, lines: 0, events: 0, eventsSplit: 0 };
  let used = 0;
  let micros = startMicros;
  const record = (stream: string, tag: 'P' | 'F', text: string): void => {
    micros += 1 + random.below(800);
    const line = `${criTime(micros, random)} ${stream} ${tag} ${text}\n`;
    // The corpus and all that fills its holes are ASCII, so characters are bytes.
    if (used + line.length > block.length) {
      writeSync(out, block, 0, used);
      used = 0;
    }
    used += block.write(line, used, 'latin1');
    count.records += 1;
    count.bytes += line.length;
  };
  const emit = (template: Template): void => {
    const text = template.fill(micros, random);
    const isEvent = template.family === 'event';
    const split = text.length > recordBytesMax;
    for (let at = 0; at < text.length; at += recordBytesMax) {
      const last = at + recordBytesMax >= text.length;
      record(template.stream, last ? 'F' : 'P', text.slice(at, at + recordBytesMax));
      if (!last) between(template.stream === 'stdout' ? 'stderr' : 'stdout');
    }
    count.lines += 1;
    if (isEvent) count.events += 1;
    if (isEvent && split) count.eventsSplit += 1;
  };
  // A line of the other stream between the records of a split one.
  const between = (stream: string): void => {
    record(stream, 'F', '{"level":"info","message":"between two records","target":"authentik","pid":1}');
    count.lines += 1;
  };
  const isLong = new Map([true, false].map((event) => [event, long.filter((t) => (t.family === 'event') === event)]));
  emit(events[0]!);
  while (count.bytes < bytes) {
    const event = random.below(1_000_000) < share * 1_000_000;
    const pool =
      random.below(splitEvery) === 0 ? isLong.get(event)! : event ? events : others[random.below(others.length)]!;
    emit(pool[random.below(pool.length)]!);
  }
  emit(events[0]!);
  writeSync(out, block, 0, used);
  closeSync(out);
  return count;
}

let second = -1;
let secondText = '';

/** RFC3339Nano as Go prints it: trailing zeros of the fraction are left out. */
function criTime(micros: number, random: Random): string {
  const now = Math.floor(micros / 1e6);
  if (now !== second) {
    second = now;
    secondText = new Date(now * 1000).toISOString().slice(0, 20);
  }
  const nanos = (micros % 1_000_000) * 1000 + random.below(1000);
  const fraction = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? `${secondText.slice(0, 19)}Z` : `${secondText}${fraction}Z`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      mb: { type: 'string', default: '200' },
      share: { type: 'string', default: '0.1' },
      seed: { type: 'string', default: '1' },
    },
  });
  const made = generate({ bytes: Number(values.mb) * 1e6, share: Number(values.share), seed: Number(values.seed) });
  process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
}
