import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './errno.ts';

/** As much as SQLite writes in a few calls: where those had no room, this has none either. */
const probeBytes = 64 * 1024;

/**
 * Writes a small file into a folder, forces it to the disk and removes it. Returns the errno of what was refused, empty when
 * all of it went well: SQLite keeps the errno of its own failed write to itself.
 */
export function refusedWrite(folder: string): string {
  const path = join(folder, 'write-probe');
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      for (let at = 0; at < probeBytes;) at += writeSync(file, Buffer.alloc(probeBytes - at), 0, probeBytes - at, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
      rmSync(path, { force: true });
    }
    return '';
  } catch (error) {
    return errnoOf(error);
  }
}
