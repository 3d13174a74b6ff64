import { Transform, type Readable } from 'node:stream';
import split2 from 'split2';
import { createDecoder } from '../decode/create.ts';
import type { Clock } from '../core/clock.ts';
import type { Infer } from '../core/schema.ts';
import { lineOptions } from './line-options.ts';
import { defineSource, type Source, type SourceDeps } from './source.ts';

const schema = {
  type: 'object',
  properties: {
    ...lineOptions,
  },
} as const;

type StdinConfig = Infer<typeof schema>;

/** Reads standard input to its end; then herald drains and exits. */
export const stdin = defineSource({
  type: 'stdin',
  summary: 'Standard input, as in `docker logs -f authentik | herald run`',
  schema,
  example: {},
  once: true,
  create: (config, deps) => createStdinSource(config, deps),
});

const batchBytesMax = 1024 * 1024;
const newline = 10;
/** At a stop: an input that brings nothing for so long is quiet, and one that is not after so many looks goes on for ever. */
const quietMs = 100;
const looksMax = 10;

function createStdinSource(config: StdinConfig, deps: SourceDeps): Source {
  return {
    async run(drain, stop) {
      const decoder = createDecoder({
        origin: {},
        maxLineBytes: config.max_line,
        lookalikes: config.invalid_identifier,
      });
      const input = linesOf(deps.stdin, config.max_line);
      let accepting = false;
      const onDrain = (): void => void endWhenQuiet(input, () => accepting, deps.clock, stop);
      drain.addEventListener('abort', onDrain, { once: true });
      if (drain.aborted) onDrain();
      for await (const bytes of chunksOf(input.lines)) {
        accepting = true;
        await deps.accept({ ...decoder.push(bytes), checkpoints: new Map() });
        accepting = false;
      }
      drain.removeEventListener('abort', onDrain);
      await deps.accept({ ...decoder.end(), checkpoints: new Map() });
    },
  };
}

/**
 * Ends the input when nothing came for a moment: what is in the pipe at a stop cannot be read again. A writer that goes on all
 * the same is left after a second.
 */
async function endWhenQuiet(input: Input, isAccepting: () => boolean, clock: Clock, stop: AbortSignal): Promise<void> {
  for (let looks = 0; looks < looksMax && !stop.aborted;) {
    const seen = input.bytes();
    await clock.sleep(quietMs, stop);
    // A full journal keeps the input waiting, which is not the same as an input that is quiet.
    if (isAccepting()) continue;
    if (input.bytes() === seen) break;
    looks += 1;
  }
  input.end();
}

interface Input {
  readonly lines: Readable;
  /** How much was read so far. */
  bytes(): number;
  /** Ends the lines after those that are already read. */
  end(): void;
}

/** Whole lines as latin1 text, one character a byte. */
function linesOf(input: Readable, maxLineBytes: number): Input {
  let bytes = 0;
  const limit = lineLimit(maxLineBytes, (length) => (bytes += length));
  // latin1 keeps every byte as it is; as UTF-8 an invalid byte would change the line, and with it the event's id.
  limit.setEncoding('latin1');
  input.pipe(limit);
  return {
    lines: limit.pipe(split2()),
    bytes: () => bytes,
    end: () => {
      input.unpipe(limit);
      limit.end();
    },
  };
}

/** Cuts a line that is too long to one byte above the limit: enough for the decoder to count it, in constant memory. */
function lineLimit(maxLineBytes: number, onBytes: (length: number) => void): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      let from = 0;
      let keep = 0;
      while (from < chunk.length) {
        const at = chunk.indexOf(newline, from);
        const end = at < 0 ? chunk.length : at;
        const room = Math.max(0, maxLineBytes + 1 - length);
        if (end - from > room) {
          this.push(chunk.subarray(keep, from + room));
          keep = end;
        }
        length = at < 0 ? length + end - from : 0;
        from = end + 1;
      }
      this.push(chunk.subarray(keep));
      done();
    },
  });
}

/** Lines put together to larger pieces, as many as are there at once: a line that comes alone is not held back. */
async function* chunksOf(lines: Readable): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const line of lines as AsyncIterable<string>) {
    pieces.push(Buffer.from(`${line}\n`, 'latin1'));
    bytes += line.length + 1;
    if (lines.readableLength > 0 && bytes < batchBytesMax) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}
