import type { Stats } from 'node:fs';

/** An open file of a log as the bytes that were written to it, compressed or not. */
export interface ByteFile {
  /** Fills the buffer from a place on; 0 at the end. Rejects with the errno of the file system. */
  read(buffer: Buffer, position: number): Promise<number>;
  /** How many bytes there are now. */
  size(): Promise<number>;
  stat(): Promise<Stats>;
  /** Why there are no more bytes although there should be: a compressed file that is torn or broken. */
  readonly damage: string | undefined;
  close(): Promise<void>;
}
