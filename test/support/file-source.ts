import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../../src/core/clock.ts';
import { createFileSource } from '../../src/sources/file/file.ts';
import { accessLine, cri, eventLine } from './lines.ts';
import { collect, type Collected } from './source.ts';

/** A folder laid out as the kubelet's, and file sources over it that end with the test. */
export interface LogFolder {
  readonly folder: string;
  /** `…/authentik_server-0_uid/server/0.log`, not there yet. */
  readonly log: string;
  /** Starts a source over the folder, with the checkpoints of an earlier one as after a restart. */
  readonly start: (
    earlier?: Collected,
    options?: Readonly<Record<string, unknown>>,
    limits?: { readonly clock?: Clock; readonly openMax?: number },
  ) => Collected;
  /** Stops all sources at once, leaving unread what is unread. */
  readonly stop: () => Promise<void>;
}

export function logFolder(context: { after(undo: () => Promise<void>): void }): LogFolder {
  const folder = mkdtempSync(join(tmpdir(), 'herald-file-'));
  const log = join(folder, 'authentik_server-0_uid/server/0.log');
  mkdirSync(join(log, '..'), { recursive: true });
  let running: { readonly out: Collected; readonly stop: AbortController; readonly done: Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    const all = running;
    running = [];
    for (const one of all) one.stop.abort();
    await Promise.all(all.map(({ done }) => done));
  };
  context.after(async () => {
    // A test that failed may have left batches waiting.
    for (const { out } of running) out.release();
    await stop();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    log,
    stop,
    start(earlier, options = {}, { clock, openMax } = {}) {
      const out = collect(undefined, earlier?.checkpoints, clock);
      const config = {
        paths: [join(folder, '*/*/*.log')],
        start_at: 'beginning' as const,
        max_line: 64 * 1024,
        invalid_identifier: false,
        ...options,
      };
      const controller = new AbortController();
      const { signal } = controller;
      running.push({ out, stop: controller, done: createFileSource(config, out.deps, openMax).run(signal, signal) });
      return out;
    },
  };
}

/** Records of the serials from `from` to below `to`, each an event and a line that is none. */
export function records(from: number, to: number): string {
  let text = '';
  for (let serial = from; serial < to; serial += 1) text += cri(eventLine(serial), serial) + cri(accessLine, serial);
  return text;
}

/** The serials from `from` to below `to`. */
export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** Compresses a rotated file as the kubelet does: through `.tmp`, with a new inode and time; the plain file goes. */
export function compress(path: string): string {
  writeFileSync(`${path}.tmp`, gzipSync(readFileSync(path)));
  renameSync(`${path}.tmp`, `${path}.gz`);
  rmSync(path);
  return `${path}.gz`;
}

/** Renames the log as the kubelet does; what is written next makes a new file. */
export function rotate(log: string, at: string): string {
  const rotated = `${log}.20260115-${at}`;
  renameSync(log, rotated);
  return rotated;
}
