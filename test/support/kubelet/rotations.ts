import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** `containerLogMaxFiles` of the kubelet and `max-file` of Docker: the log itself and its rotated files. */
const filesMax = 5;

/**
 * What the kubelet does before it renames a log (container_log_manager.go): leftovers of a compression go, then the oldest
 * rotated files until this rotation makes the fifth file, then what is not compressed yet is.
 */
export function tidyLikeKubelet(path: string): void {
  for (const name of rotatedNames(path)) if (name.endsWith('.tmp')) rmSync(join(dirname(path), name));
  const rotated = rotatedNames(path);
  for (const name of rotated.slice(0, Math.max(0, rotated.length - (filesMax - 2)))) rmSync(join(dirname(path), name));
  for (const name of rotatedNames(path)) if (!name.endsWith('.gz')) compress(join(dirname(path), name));
}

/** Rotated files, oldest first: their names end in the time. */
function rotatedNames(path: string): string[] {
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${basename(path)}.`))
    .toSorted();
}

function compress(path: string): void {
  writeFileSync(`${path}.tmp`, gzipSync(readFileSync(path)));
  renameSync(`${path}.tmp`, `${path}.gz`);
  rmSync(path);
}

/** Docker's json-file driver and logrotate: `.1` is the youngest; each moves on by one, the last is overwritten. */
export function shiftNumbers(path: string): void {
  for (let at = filesMax - 1; at > 1; at -= 1) {
    if (existsSync(`${path}.${at - 1}`)) renameSync(`${path}.${at - 1}`, `${path}.${at}`);
  }
}

/** logrotate's copytruncate: the writer never learns of it. */
export function copyTruncate(path: string): void {
  shiftNumbers(path);
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
}

/** The kubelet keeps the logs of one dead container; those before it go, rotated files included. */
export function removeLog(path: string): void {
  for (const name of rotatedNames(path)) rmSync(join(dirname(path), name));
  rmSync(path, { force: true });
}
