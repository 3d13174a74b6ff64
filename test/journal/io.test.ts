import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { traceSkip } from '../support/faults.ts';
import { batchOf, eventsPerBatch } from './crash-batch.ts';
import { idOf, open, range, storedIds, t0, tempFolder } from './harness.ts';

test('a write beyond the quota is a full disk, which SQLite does not tell', { skip: traceSkip() }, () => {
  const path = tempFolder();
  const script = join(import.meta.dirname, 'limited-process.ts');
  const places = ['herald.db-wal', 'write-probe'].flatMap((name) => ['-P', join(path, name)]);
  const inject = ['-e', 'trace=pwrite64', '-e', 'inject=pwrite64:error=EDQUOT:when=200+'];
  const options = ['-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', ...places, ...inject];
  const output = execFileSync('strace', [...options, process.execPath, script, path], {
    encoding: 'utf8',
    timeout: 150_000,
  });
  const { codes, messages }: { codes: string[]; messages: string[] } = JSON.parse(output);
  assert.deepEqual(codes, ['disk_full', 'disk_full', 'disk_full', 'disk_full']);
  for (const message of messages) assert.match(message, /disk I\/O error: the disk quota is exceeded \(EDQUOT\)$/);
  assert.ok(!existsSync(join(path, 'write-probe')));
});

test('a write that the system refuses is an OperationalError every time, and what was acknowledged is there', () => {
  const path = tempFolder();
  const script = join(import.meta.dirname, 'limited-process.ts');
  // No file above some MB: the kernel itself fails the write in the middle of a transaction.
  const output = execFileSync('sh', ['-c', 'ulimit -f 6000; exec "$0" "$1" "$2"', process.execPath, script, path], {
    encoding: 'utf8',
    timeout: 150_000,
  });
  const { codes, written, made }: { codes: string[]; written: number; made: number } = JSON.parse(output);
  assert.deepEqual(codes, ['io', 'io', 'io', 'io']);
  assert(written > 5 && written < 100, `${written}`);
  assert.equal(made, written * eventsPerBatch);
  const journal = open(path);
  assert.deepEqual(storedIds(journal), range(0, written * eventsPerBatch).map(idOf));
  assert.deepEqual(journal.checkpoints('server'), new Map([['next', written]]));
  assert.partialDeepStrictEqual(journal.append(batchOf(written), t0), { inserted: eventsPerBatch });
});
