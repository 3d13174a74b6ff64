import { glob } from 'node:fs/promises';
import { OperationalError } from '../../core/errors.ts';
import { addCounts } from '../../core/family.ts';
import type { Infer } from '../../core/schema.ts';
import { lineOptions } from '../line-options.ts';
import { defineSource, type Source, type SourceDeps } from '../source.ts';
import { baseOf, createWatch, type Watch } from './watch.ts';
import { errnoOf, isMissing, statOrMissing } from './rotated.ts';
import { Tail, type ReadStep, type Step, type TailOptions } from './tail.ts';

const schema = {
  type: 'object',
  properties: {
    paths: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      description:
        'Files or patterns (`*`, `?`, `**`). Kubelet, Docker json-file and bare logs; the form is detected per file.',
    },
    start_at: {
      type: 'string',
      enum: ['end', 'beginning'],
      default: 'end',
      description:
        'Where a file that was there at the start and has no checkpoint is read from. A file that appears later is read whole.',
    },
    ...lineOptions,
  },
  required: ['paths'],
} as const;

type FileConfig = Infer<typeof schema>;

/** Reads container logs from files, over renames and restarts. */
export const file = defineSource({
  type: 'file',
  summary: 'Log files of containers: kubelet (CRI), Docker json-file or bare lines',
  schema,
  example: { name: 'server', paths: ['/var/log/pods/*/server/*.log'], start_at: 'end', max_line: '4MiB' },
  create: (config, deps) => createFileSource(config, deps),
});

/** A file that nothing woke us for is looked at this often: network file systems and lost notifications. */
const pollMs = 1000;
/** New files are looked for this often, and at once when the watcher saw a name come or go. */
const scanMs = 5000;
const bufferBytesMin = 64 * 1024;
const bufferBytesMax = 1024 * 1024;
/** A backlog is committed in pieces of this many events or bytes: a commit costs as much as some hundred lines that are no events. */
const batchEventsMin = 1000;
const batchBytesMax = 8 * 1024 * 1024;
/** At a stop: so many looks in a row that bring less than a buffer, and the log is one that goes on being written. */
const crumbsMax = 10;

function createFileSource(config: FileConfig, deps: SourceDeps): Source {
  const options: TailOptions = { maxLineBytes: config.max_line, lookalikes: config.invalid_identifier };
  const tails = new Map<string, Tail>();
  const troubled = new Map<string, string>();
  let buffer = Buffer.allocUnsafe(bufferBytesMin);
  let firstScan = true;

  return { run };

  async function run(drain: AbortSignal, stop: AbortSignal): Promise<void> {
    const watch = createWatch(config.paths, deps.clock, (code) =>
      deps.log.warn({ code }, 'watching for changes is limited; files are polled every second'),
    );
    try {
      await follow(watch, drain);
      await readToEnd(stop);
    } catch (error) {
      const code = errnoOf(error);
      throw code === '' ? error : new OperationalError('source_failed', `reading failed: ${code}`, { cause: error });
    } finally {
      await watch.close();
      for (const tail of tails.values()) await tail.close();
      tails.clear();
    }
  }

  async function follow(watch: Watch, signal: AbortSignal): Promise<void> {
    let scanDue = 0;
    while (!signal.aborted) {
      if (deps.clock.monotonic() >= scanDue) {
        await scan();
        scanDue = deps.clock.monotonic() + (tails.size === 0 ? pollMs : scanMs);
      }
      const read = await readEach(signal);
      if (read > 0) continue;
      if (buffer.length > bufferBytesMin) buffer = Buffer.allocUnsafe(bufferBytesMin);
      if ((await watch.next(pollMs, signal)) === 'renamed') scanDue = 0;
    }
  }

  /** What was written before the stop, also to a log that nobody has looked at yet. */
  async function readToEnd(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    await scan();
    for (let crumbs = 0; !stop.aborted && crumbs < crumbsMax; crumbs += 1) {
      const read = await readEach(stop);
      if (read === 0) return;
      if (read >= bufferBytesMin) crumbs = 0;
    }
  }

  /** One buffer of every file, so that a file with a long backlog does not hold up the others. */
  async function readEach(signal: AbortSignal): Promise<number> {
    let total = 0;
    let lag = 0;
    for (const [path, tail] of tails) {
      if (signal.aborted) return total;
      const step = await readBatch(tail);
      if (step.status === 'read') {
        total += step.bytes;
        const { events, counts, newest } = step.decoded;
        await deps.accept({ events, counts, newest, checkpoints: new Map([[path, step.checkpoint]]) });
        if (step.bytes >= buffer.length && buffer.length < bufferBytesMax)
          buffer = Buffer.allocUnsafe(buffer.length * 2);
        lag += await tail.lagBytes();
      } else if (step.status === 'gone') {
        tails.delete(path);
        await tail.close();
        await deps.accept({ events: [], counts: {}, newest: undefined, checkpoints: new Map([[path, null]]) });
      }
    }
    deps.lag(lag);
    return total;
  }

  /** One read, or as many as it takes to make a commit worth its while as long as the buffer comes back full. */
  async function readBatch(tail: Tail): Promise<Step> {
    let batch = await tail.read(buffer);
    if (batch.status !== 'read') return batch;
    for (let full = batch.bytes === buffer.length; full;) {
      if (batch.decoded.events.length >= batchEventsMin || batch.bytes >= batchBytesMax) break;
      const next = await tail.read(buffer);
      // What else it may say (idle, gone) it says again at the next look.
      if (next.status !== 'read') break;
      full = next.bytes === buffer.length;
      batch = joined(batch, next);
    }
    return batch;
  }

  async function scan(): Promise<void> {
    for (const pattern of config.paths) {
      const { folder } = baseOf(pattern);
      if ((await statOrMissing(folder).catch(() => undefined)) === undefined) trouble(folder, 'ENOENT');
      else settled(folder);
      let found = 0;
      for await (const path of glob(pattern)) {
        if (!tails.has(path)) await openTail(path);
        // A link whose target is not there yet matches the pattern and is no file.
        if (tails.has(path)) found += 1;
      }
      if (found === 0) trouble(pattern, 'no match');
      else settled(pattern);
    }
    firstScan = false;
  }

  async function openTail(path: string): Promise<void> {
    try {
      if ((await statOrMissing(path))?.isFile() !== true) return;
      const saved = deps.checkpoints.get(path);
      const resumed = saved === undefined ? undefined : await Tail.resume(path, options, saved);
      // A file without a checkpoint that was not there at the first look is new: all of it is news.
      const at = firstScan && saved === undefined ? config.start_at : 'beginning';
      const tail = resumed ?? (await Tail.start(path, options, at));
      tails.set(path, tail);
      settled(path);
      deps.log.info({ path, from: resumed === undefined ? at : 'checkpoint' }, 'reading');
    } catch (error) {
      const code = errnoOf(error);
      if (code === '') throw error;
      if (!isMissing(error)) trouble(path, code);
    }
  }

  /** Says once what is wrong with a path, and once more when it changes. */
  function trouble(path: string, what: string): void {
    if (troubled.get(path) === what) return;
    troubled.set(path, what);
    if (what === 'no match') deps.log.warn({ path }, 'no file matches yet; looking again every second');
    else if (what === 'ENOENT') deps.log.warn({ path }, 'log folder is missing; it is picked up when it appears');
    else deps.log.warn({ path, code: what }, 'cannot read the log; trying again');
  }

  function settled(path: string): void {
    if (troubled.delete(path)) deps.log.info({ path }, 'found');
  }
}

/** Two reads of one log, one after the other, as one. */
function joined(first: ReadStep, second: ReadStep): ReadStep {
  const counts = { ...first.decoded.counts };
  addCounts(counts, second.decoded.counts);
  const events = [...first.decoded.events, ...second.decoded.events];
  const newest = second.decoded.newest ?? first.decoded.newest;
  return { ...second, decoded: { events, counts, newest }, bytes: first.bytes + second.bytes };
}
