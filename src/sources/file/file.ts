import { OperationalError } from '../../core/errors.ts';
import type { Infer } from '../../core/schema.ts';
import { lineOptions } from '../line-options.ts';
import { defineSource, type Source, type SourceDeps } from '../source.ts';
import { errnoOf } from './errno.ts';
import { Logs } from './logs.ts';
import { Pending } from './pending.ts';
import type { Tail } from './tail.ts';
import { createWatch, type Watch } from './watch.ts';

const schema = {
  type: 'object',
  properties: {
    paths: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      description:
        'Files or patterns (`*`, `?`, `**`). Kubelet, Docker json-file and bare logs; the form is detected per file. What a rotation leaves beside a log belongs to it and need not be named.',
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
/** How often a batch that waits for room in the journal tells how much has come meanwhile. */
const lagMs = 1000;
const bufferBytesMin = 64 * 1024;
const bufferBytesMax = 128 * 1024;
/** At a stop: so many looks in a row that bring less than a buffer, and the log is one that goes on being written. */
const crumbsMax = 10;

/** The source as a value of its own kind makes it; `openMax` is lower in tests only. */
export function createFileSource(config: FileConfig, deps: SourceDeps, openMax = 1000): Source {
  const { clock, log } = deps;
  const pending = new Pending(clock, log);
  let buffer = Buffer.allocUnsafe(bufferBytesMin);
  let waitMs = pollMs;

  return { run };

  async function run(drain: AbortSignal, stop: AbortSignal): Promise<void> {
    const watch = createWatch(config.paths, clock, (code) =>
      log.warn({ code }, 'watching for changes is limited; files are polled every second'),
    );
    const logs = new Logs({
      source: deps.name,
      patterns: config.paths,
      startAt: config.start_at,
      openMax,
      maxLineBytes: config.max_line,
      lookalikes: config.invalid_identifier,
      checkpoints: deps.checkpoints,
      clock,
      log,
      watch,
      pending,
    });
    try {
      await follow(logs, watch, drain);
      await readToEnd(logs, stop);
    } catch (error) {
      const code = errnoOf(error);
      throw code === '' ? error : new OperationalError('source_failed', `reading failed: ${code}`, { cause: error });
    } finally {
      await watch.close();
      await logs.close();
    }
  }

  async function follow(logs: Logs, watch: Watch, signal: AbortSignal): Promise<void> {
    let scanDueMs = 0;
    let pollDueMs = 0;
    let changed: ReadonlySet<string> | undefined;
    while (!signal.aborted) {
      const nowMs = clock.monotonic();
      if (nowMs >= scanDueMs) {
        await logs.scan();
        await commit(logs);
        scanDueMs = clock.monotonic() + (logs.isEmpty ? pollMs : scanMs);
        changed = undefined;
      }
      if (nowMs >= pollDueMs) changed = undefined;
      const isCrowded = changed === undefined && !(await logs.unpark());
      if (changed === undefined) pollDueMs = clock.monotonic() + pollMs;
      if ((await readEach(logs, changed, signal, false)) > 0 || isCrowded) continue;
      if (buffer.length > bufferBytesMin) buffer = Buffer.allocUnsafe(bufferBytesMin);
      const wake = await watch.next(waitMs, signal);
      if (wake.kind === 'renamed') scanDueMs = 0;
      changed = wake.kind === 'changed' ? wake.paths : undefined;
    }
  }

  /** What was written before the stop, also to a log that nobody has looked at yet. */
  async function readToEnd(logs: Logs, stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    await logs.scan();
    for (let crumbs = 0; !stop.aborted && crumbs < crumbsMax; crumbs += 1) {
      const isCrowded = !(await logs.unpark());
      const read = await readEach(logs, undefined, stop, true);
      if (read === 0 && !isCrowded) return;
      if (read >= bufferBytesMin || isCrowded) crumbs = 0;
    }
  }

  /** A piece of every log, so that one with a long backlog does not hold up the others. */
  async function readEach(
    logs: Logs,
    changed: ReadonlySet<string> | undefined,
    signal: AbortSignal,
    isLast: boolean,
  ): Promise<number> {
    let bytes = 0;
    let lag = 0;
    waitMs = pollMs;
    for (const [path, tail] of logs.among(changed)) {
      if (signal.aborted) break;
      try {
        const read = await readSome(logs, path, tail, isLast);
        logs.settle(path);
        bytes += read;
        if (read > 0) lag += await tail.lagBytesRead();
      } catch (error) {
        await logs.fail(path, error);
      }
      if (pending.isLarge) await commit(logs);
    }
    await commit(logs);
    deps.lag(lag);
    return bytes;
  }

  /** One read, or as many as it takes to make a commit worth its while as long as the buffer comes back full. */
  async function readSome(logs: Logs, path: string, tail: Tail, isLast: boolean): Promise<number> {
    for (let total = 0; ;) {
      const step = await tail.read(buffer, isLast);
      if (step.status === 'idle') {
        waitMs = Math.min(waitMs, step.waitMs);
        return total;
      }
      pending.add(path, step);
      total += step.bytes;
      if (step.status === 'gone') await logs.remove(path);
      if (step.status === 'gone' || pending.isLarge) return total;
      // A step without bytes tells of a gap, and the lines behind it are still to come.
      if (step.bytes > 0 && step.bytes < buffer.length) return total;
      if (step.bytes > 0 && buffer.length < bufferBytesMax) buffer = Buffer.allocUnsafe(buffer.length * 2);
    }
  }

  async function commit(logs: Logs): Promise<void> {
    if (pending.isEmpty) return;
    const { bytes } = pending;
    const batch = pending.take();
    const accepted = new AbortController();
    const telling = tellLag(logs, bytes, accepted.signal);
    try {
      await deps.accept(batch);
    } catch (error) {
      await lookBehind(logs, bytes);
      throw error;
    } finally {
      accepted.abort();
      await telling;
    }
    logs.committed(batch.checkpoints);
  }

  /** Reading stands still while the journal is full, but not the figure that shows it. What was read and waits is behind too. */
  async function tellLag(logs: Logs, readBytes: number, accepted: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(lagMs, accepted);
      if (accepted.aborted) return;
      await lookBehind(logs, readBytes);
    }
  }

  async function lookBehind(logs: Logs, readBytes: number): Promise<void> {
    let bytes = readBytes;
    // A file that cannot be asked is dealt with when it is read on.
    for (const [, tail] of logs.among(undefined)) bytes += await tail.lagBytes().catch(() => 0);
    deps.lag(bytes);
  }
}
