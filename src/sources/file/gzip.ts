import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { ByteFile } from './byte-file.ts';

/** Compressed bytes handed over at once; what comes out of them is at most a thousand times as much. */
const inputBytes = 8 * 1024;
/** The size before compression stands in the last bytes of the file. */
const trailerBytes = 4;

/** A gzip file read from front to back, in constant memory however far the place is. Reading further back starts over. */
export class GzipBytes implements ByteFile {
  readonly #file: FileHandle;
  #pieces: AsyncGenerator<Buffer>;
  /** The bytes at hand, and where they begin. */
  #piece: Buffer = Buffer.alloc(0);
  #from = 0;
  #damage: string | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
    this.#pieces = inflate(file);
  }

  get damage(): string | undefined {
    return this.#damage;
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    if (position < this.#from) await this.#restart();
    let filled = 0;
    while (filled < buffer.length) {
      const at = position + filled - this.#from;
      if (at < this.#piece.length) filled += this.#piece.copy(buffer, filled, at);
      else if (!(await this.#next())) break;
    }
    return filled;
  }

  async size(): Promise<number> {
    const read = this.#from + this.#piece.length;
    if (this.#damage !== undefined) return read;
    const { size } = await this.#file.stat();
    const trailer = Buffer.alloc(trailerBytes);
    await this.#file.read(trailer, 0, trailerBytes, Math.max(0, size - trailerBytes));
    return Math.max(read, trailer.readUInt32LE());
  }

  stat(): Promise<Stats> {
    return this.#file.stat();
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined);
    await this.#file.close();
  }

  async #restart(): Promise<void> {
    await this.#pieces.return(undefined);
    this.#pieces = inflate(this.#file);
    this.#piece = Buffer.alloc(0);
    this.#from = 0;
    this.#damage = undefined;
  }

  async #next(): Promise<boolean> {
    if (this.#damage !== undefined) return false;
    try {
      const { done, value } = await this.#pieces.next();
      if (done === true) return false;
      this.#from += this.#piece.length;
      this.#piece = value;
      return true;
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      this.#damage = error.message;
      return false;
    }
  }
}

/** What zlib says about bytes that are no whole gzip file. */
class DamageError extends Error {}

/** All that can be had of a file comes before its damage. Rejects with DamageError or the errno of the file system. */
async function* inflate(file: FileHandle): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const out: Buffer[] = [];
  const failures: Error[] = [];
  gunzip.on('data', (piece: Buffer) => out.push(piece));
  gunzip.on('error', (error) => failures.push(error));
  const input = Buffer.allocUnsafe(inputBytes);
  try {
    for (let at = 0, more = true; more && failures.length === 0;) {
      const { bytesRead } = await file.read(input, 0, inputBytes, at);
      at += bytesRead;
      more = bytesRead > 0;
      await (more ? written(gunzip, input.subarray(0, bytesRead)) : ended(gunzip));
      yield* out.splice(0);
    }
  } finally {
    gunzip.destroy();
  }
  const [failure] = failures;
  if (failure !== undefined) throw new DamageError(failure.message);
}

/** After an error no callback comes any more, but the stream closes. */
function written(gunzip: Gunzip, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      gunzip.off('close', done);
      resolve();
    };
    gunzip.once('close', done);
    gunzip.write(bytes, done);
  });
}

function ended(gunzip: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    gunzip.once('close', () => resolve());
    gunzip.end();
  });
}
