import { OperationalError } from '../../core/errors.ts';
import type { Infer } from '../../core/schema.ts';
import { lineOptions } from '../line-options.ts';
import { defineSource, type Source, type SourceDeps } from '../source.ts';
import { errnoOf, isMissing } from './errno.ts';
import { findLogs } from './find-logs.ts';
import { openTail } from './open-tail.ts';
import { Pending } from './pending.ts';
import type { ReadStep, Tail, TailOptions } from './tail.ts';
import { createTroubles } from './troubles.ts';
import { createWatch, type Watch } from './watch.ts';

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
/** At a stop: so many looks in a row that bring less than a buffer, and the log is one that goes on being written. */
const crumbsMax = 10;

function createFileSource(config: FileConfig, deps: SourceDeps): Source {
  const { name: source, clock, log } = deps;
  const options: TailOptions = {
    source,
    clock,
    maxLineBytes: config.max_line,
    lookalikes: config.invalid_identifier,
  };
  const tails = new Map<string, Tail>();
  const checkpoints = new Map(deps.checkpoints);
  const troubles = createTroubles(log);
  const pending = new Pending();
  let buffer = Buffer.allocUnsafe(bufferBytesMin);
  let waitMs = pollMs;
  let firstScan = true;

  return { run };

  async function run(drain: AbortSignal, stop: AbortSignal): Promise<void> {
    const watch = createWatch(config.paths, clock, (code) =>
      log.warn({ code }, 'watching for changes is limited; files are polled every second'),
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
      if (clock.monotonic() >= scanDue) {
        await scan();
        scanDue = clock.monotonic() + (tails.size === 0 ? pollMs : scanMs);
      }
      const read = await readEach(signal, false);
      if (read > 0) continue;
      if (buffer.length > bufferBytesMin) buffer = Buffer.allocUnsafe(bufferBytesMin);
      if ((await watch.next(waitMs, signal)) === 'renamed') scanDue = 0;
    }
  }

  /** What was written before the stop, also to a log that nobody has looked at yet. */
  async function readToEnd(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    await scan();
    for (let crumbs = 0; !stop.aborted && crumbs < crumbsMax; crumbs += 1) {
      const read = await readEach(stop, true);
      if (read === 0) return;
      if (read >= bufferBytesMin) crumbs = 0;
    }
  }

  /** A piece of every file, so that a file with a long backlog does not hold up the others. */
  async function readEach(signal: AbortSignal, isLast: boolean): Promise<number> {
    let bytes = 0;
    let lag = 0;
    waitMs = pollMs;
    for (const [path, tail] of tails) {
      if (signal.aborted) break;
      try {
        const read = await readSome(path, tail, isLast);
        troubles.settle(path);
        bytes += read;
        if (read > 0) lag += await tail.lagBytes();
      } catch (error) {
        await drop(path, tail, error);
      }
      if (pending.isLarge) await commit();
    }
    await commit();
    deps.lag(lag);
    return bytes;
  }

  /** One read, or as many as it takes to make a commit worth its while as long as the buffer comes back full. */
  async function readSome(path: string, tail: Tail, isLast: boolean): Promise<number> {
    for (let total = 0; ;) {
      const step = await tail.read(buffer, isLast);
      if (step.status === 'idle') {
        waitMs = Math.min(waitMs, step.waitMs);
        return total;
      }
      keep(path, step);
      if (step.status === 'gone') {
        tails.delete(path);
        await tail.close();
        return total;
      }
      total += step.bytes;
      if (step.bytes < buffer.length || pending.isLarge) return total;
      if (buffer.length < bufferBytesMax) buffer = Buffer.allocUnsafe(buffer.length * 2);
    }
  }

  function keep(path: string, step: ReadStep): void {
    pending.add(path, step, clock.now());
    if (step.gap === undefined) return;
    const { fromMs, untilMs, reason } = step.gap;
    const [from, until] = [fromMs, untilMs].map((ms) => (ms === undefined ? undefined : new Date(ms).toISOString()));
    log.error({ path, reason, from, until }, 'lines of this log are lost');
  }

  /** The journal has it now: this is where a log that is opened again goes on. */
  async function commit(): Promise<void> {
    if (pending.isEmpty) return;
    const batch = pending.take();
    await deps.accept(batch);
    for (const [path, checkpoint] of batch.checkpoints) {
      if (checkpoint === null) checkpoints.delete(path);
      else checkpoints.set(path, checkpoint);
    }
  }

  async function scan(): Promise<void> {
    for await (const path of findLogs(config.paths, troubles)) {
      try {
        await (tails.get(path)?.look() ?? open(path));
      } catch (error) {
        trouble(path, error);
      }
    }
    firstScan = false;
    await commit();
  }

  async function open(path: string): Promise<void> {
    const saved = checkpoints.get(path);
    // A file without a checkpoint that was not there at the first look is new: all of it is news.
    const at = firstScan ? config.start_at : 'beginning';
    const tail = await openTail(path, options, saved, at);
    tails.set(path, tail);
    if (saved === undefined) pending.start(path, tail.checkpoint());
    log.info({ path, from: saved === undefined ? at : 'checkpoint' }, 'reading');
  }

  /** One log that cannot be read is no trouble of the others. What was read of it is committed; it is opened again there. */
  async function drop(path: string, tail: Tail, error: unknown): Promise<void> {
    tails.delete(path);
    await tail.close();
    trouble(path, error);
  }

  function trouble(path: string, error: unknown): void {
    const code = errnoOf(error);
    if (code === '') throw error;
    if (!isMissing(error)) troubles.add(path, code, error instanceof Error ? error.message : undefined);
  }
}
