import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { ByteFile } from './byte-file.ts';
import { GzipBytes } from './gzip.ts';

/** Opens a file for reading, by its name as a compressed one. Rejects with the errno of the file system. */
export async function openBytes(path: string): Promise<ByteFile> {
  // Nothing is read from what is no file; without O_NONBLOCK a pipe in its place would hold the open up for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return isCompressed(path) ? new GzipBytes(file) : plain(file);
}

/** True for the name of a file that is read through gzip. */
export function isCompressed(path: string): boolean {
  return path.endsWith('.gz');
}

function plain(file: FileHandle): ByteFile {
  return {
    read: async (buffer, position) => (await file.read(buffer, 0, buffer.length, position)).bytesRead,
    size: async () => (await file.stat()).size,
    stat: () => file.stat(),
    damage: undefined,
    close: () => file.close(),
  };
}
