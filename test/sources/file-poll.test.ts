import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon, temporaryFolder, writeConfig } from '../support/daemon.ts';
import { traceSkip } from '../support/faults.ts';
import { range, records, rotate } from '../support/file-source.ts';
import { waitFor } from '../support/source.ts';

// A network file system says nothing of what other machines write. Here the kernel refuses every watch.
test('without a single notification logs are found, read and followed', { skip: traceSkip() }, async (context) => {
  const folder = temporaryFolder(context);
  const trace = join(folder, 'strace');
  const log = join(folder, 'app.log');
  writeConfig(folder, '{type: stdout, format: json}');
  writeFileSync(log, records(0, 5));
  const refuse = ['-e', 'trace=inotify_add_watch', '-e', 'inject=inotify_add_watch:error=ENOSPC'];
  const under = ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-o', trace, ...refuse];
  const daemon = startDaemon(context, folder, ['run', '-c', 'config.yaml'], {}, under);
  const until = (count: number): Promise<void> =>
    waitFor(() => serials(daemon.stdout()).length >= count, `${count} events`);
  await until(5);
  appendFileSync(log, records(5, 10));
  await until(10);
  appendFileSync(rotate(log, '090000'), records(10, 12));
  writeFileSync(log, records(12, 15));
  await until(15);
  writeFileSync(join(folder, 'new.log'), records(15, 20));
  await until(20);
  assert.deepEqual(serials(daemon.stdout()), range(0, 20));
  assert.match(readFileSync(trace, 'latin1'), /INJECTED/);
  assert.equal(daemon.log().split('watching for changes is limited').length - 1, 1);
});

function serials(stdout: string): readonly number[] {
  return [...stdout.matchAll(/"pk":(\d+)/g)].map(([, serial]) => Number(serial));
}
