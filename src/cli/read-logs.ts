import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { OperationalError } from '../core/errors.ts';
import { createDecoder } from '../decode/create.ts';
import type { Decoded, Decoder } from '../decode/decoder.ts';
import { originOf } from '../sources/file/origin.ts';

/** The default of the sources' own `max_line`. */
export const maxLineBytes = 4 * 1024 * 1024;

/**
 * What log files hold, piece by piece, in constant memory; `-` is standard input, `.gz` is unpacked. Rotated files of one log, in the order
 * in which they were written, are one stream: a line may begin in one and end in the next. Throws OperationalError for what cannot be read.
 */
export async function* readLogs(paths: readonly string[], lookalikes: boolean): AsyncGenerator<Decoded> {
  const decoders = new Map<string, Decoder>();
  for (const path of paths) {
    const log = logOf(path);
    const decoder = decoders.get(log) ?? createDecoder({ origin: originOf(log), maxLineBytes, lookalikes });
    decoders.set(log, decoder);
    for await (const bytes of chunksOf(path)) yield decoder.push(bytes);
  }
  for (const decoder of decoders.values()) yield decoder.end();
}

/** The log that a rotated file belongs to. */
function logOf(path: string): string {
  return path.replace(/\.gz$/, '').replace(/\.\d{8}-\d{6}$/, '');
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* open(path);
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    throw new OperationalError('io', `cannot read ${path}: ${said}`, { cause: error });
  }
}

function open(path: string): AsyncIterable<Buffer> {
  if (path === '-') return process.stdin;
  const file = createReadStream(path);
  // An error of either stream comes out of the last one when it is read.
  return path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
}
