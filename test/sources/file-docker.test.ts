import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compress, logFolder, range, type LogFolder } from '../support/file-source.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { waitFor } from '../support/source.ts';

const id = 'c1f7e0a94b2d86530c9e7f18ad64b3520e9f71c8d5a4b36270f1e8c9d0a3b5e7';

/** Docker's folder of a container, with the options of a source that reads it. */
function dockerLog(
  context: Parameters<typeof logFolder>[0],
): LogFolder & { readonly options: Record<string, unknown> } {
  const made = logFolder(context);
  const log = join(made.folder, 'containers', id, `${id}-json.log`);
  mkdirSync(join(log, '..'), { recursive: true });
  return { ...made, log, options: { paths: [join(made.folder, 'containers/*/*-json.log')] } };
}

/** json-file records of the serials, each an event and a line that is none. */
function dockerRecords(from: number, to: number): string {
  return range(from, to)
    .flatMap((serial) => [eventLine(serial), accessLine].map((text) => [serial, text] as const))
    .map(([serial, text]) => {
      const time = `2026-01-15T09:00:01.${String(serial).padStart(9, '0')}Z`;
      return `${JSON.stringify({ log: `${text}\n`, stream: 'stderr', time })}\n`;
    })
    .join('');
}

/** Lines without a wrapper, as an application writes them itself. */
function bareLines(from: number, to: number): string {
  return range(from, to)
    .map((serial) => `${eventLine(serial)}\n`)
    .join('');
}

/** Docker numbers from the newest back and compresses all but the newest: `.1`, `.2.gz`, `.3.gz`. */
function rotateDocker(log: string, files: number): void {
  rmSync(`${log}.${files}.gz`, { force: true });
  for (let number = files - 1; number >= 2; number -= 1) {
    try {
      renameSync(`${log}.${number}.gz`, `${log}.${number + 1}.gz`);
    } catch {
      continue;
    }
  }
  try {
    renameSync(`${log}.1`, `${log}.2`);
    compress(`${log}.2`);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT');
  }
  renameSync(log, `${log}.1`);
}

test("Docker's rotation is followed", async (context) => {
  const { log, options, start } = dockerLog(context);
  writeFileSync(log, dockerRecords(0, 10));
  const out = start(undefined, options);
  await out.until(10);
  for (let round = 1; round <= 5; round += 1) {
    rotateDocker(log, 3);
    writeFileSync(log, dockerRecords(round * 10, round * 10 + 10));
    await out.until(round * 10 + 10);
  }
  assert.deepEqual(out.serials(), range(0, 60));
  assert.deepEqual(out.gaps(), []);
  assert.deepEqual(out.events[0]?.origin, { container: id.slice(0, 12), stream: 'stderr' });
});

test("after a downtime Docker's files are read in the order of their numbers", async (context) => {
  const { log, options, start, stop } = dockerLog(context);
  writeFileSync(log, dockerRecords(0, 10));
  const first = start(undefined, options);
  await first.until(10);
  await stop();
  appendFileSync(log, dockerRecords(10, 20));
  for (let round = 2; round <= 4; round += 1) {
    rotateDocker(log, 5);
    writeFileSync(log, dockerRecords(round * 10, round * 10 + 10));
  }
  const second = start(first, options);
  await second.until(40);
  assert.deepEqual(second.serials(), range(10, 50));
  assert.deepEqual(second.gaps(), []);
  await stop();
  for (let round = 5; round <= 9; round += 1) {
    rotateDocker(log, 3);
    writeFileSync(log, dockerRecords(round * 10, round * 10 + 10));
  }
  const third = start(second, options);
  await third.until(41);
  assert.deepEqual(third.serials(), range(60, 100));
  assert.equal(third.gaps().length, 1);
});

test('numbered files of bare lines are read in the order of their numbers', async (context) => {
  const { log, options, start } = dockerLog(context);
  writeFileSync(`${log}.2`, bareLines(0, 5));
  writeFileSync(`${log}.1`, bareLines(5, 10));
  writeFileSync(log, bareLines(10, 15));
  const out = start(undefined, options);
  await out.until(15);
  assert.deepEqual(out.serials(), range(0, 15));
});

test('copytruncate: starts over in the same file', async (context) => {
  const { log, options, start } = dockerLog(context);
  writeFileSync(log, dockerRecords(0, 20));
  const out = start(undefined, options);
  await out.until(20);
  await waitFor(() => JSON.stringify(out.checkpoints.get(log)) !== undefined, 'the checkpoint');
  truncateSync(log, 0);
  appendFileSync(log, dockerRecords(20, 25));
  await out.until(25);
  assert.deepEqual(out.serials(), range(0, 25));
  assert.deepEqual(out.gaps(), []);
});

test('copytruncate: the file has grown again over the place of reading', async (context) => {
  for (const lines of [dockerRecords, bareLines]) {
    const { log, options, start, stop } = dockerLog(context);
    writeFileSync(log, lines(0, 2));
    const out = start(undefined, options);
    await out.until(2);
    writeFileSync(log, lines(2, 12));
    await out.until(12);
    assert.deepEqual(out.serials(), range(0, 12));
    assert.deepEqual(out.gaps(), []);
    await stop();
  }
});

test('copytruncate: what was written between the last look and the copy is read from the copy', async (context) => {
  for (const isRestarted of [false, true]) {
    for (const isCompressed of [false, true]) {
      const { log, options, start, stop } = dockerLog(context);
      writeFileSync(log, dockerRecords(0, 20));
      let out = start(undefined, options);
      await out.until(20);
      const before = out.serials();
      if (isRestarted) await stop();
      else out.hold();
      appendFileSync(log, dockerRecords(20, 21));
      if (!isRestarted) await waitFor(() => out.isWaiting(), 'the source to wait');
      appendFileSync(log, dockerRecords(21, 30));
      copyFileSync(log, `${log}.1`);
      if (isCompressed) compress(`${log}.1`);
      truncateSync(log, 0);
      appendFileSync(log, dockerRecords(30, 32));
      if (isRestarted) out = start(out, options);
      else out.release();
      await waitFor(() => out.serials().includes(31), 'the last line');
      assert.deepEqual([...(isRestarted ? before : []), ...out.serials()], range(0, 32));
      assert.deepEqual(out.gaps(), []);
      await stop();
    }
  }
});

test('a log that is emptied while known lines of it are unread is a gap', async (context) => {
  const { log, options, start } = dockerLog(context);
  writeFileSync(log, dockerRecords(0, 20_000));
  const out = start(undefined, options);
  await out.until(1);
  out.hold();
  await waitFor(() => out.isWaiting(), 'the source to wait');
  truncateSync(log, 0);
  appendFileSync(log, dockerRecords(20_000, 20_001));
  out.release();
  await waitFor(() => out.serials().includes(20_000), 'the last line');
  assert.equal(out.gaps().length, 1);
  assert.equal(out.gaps()[0]?.context['reason'], 'truncated');
  assert.equal(out.gaps()[0]?.context['until'], '2026-01-15T09:00:01.000Z');
  const read = out.serials().length - 1;
  assert.ok(read > 0 && read < 20_000);
  assert.deepEqual(out.serials(), [...range(0, read), 20_000]);
});

test('what an application overwrites with less starts over without a crash', async (context) => {
  const { log, options, start } = dockerLog(context);
  writeFileSync(log, bareLines(0, 20));
  const out = start(undefined, options);
  await out.until(20);
  for (let round = 0; round < 3; round += 1) {
    writeFileSync(log, bareLines(30 + round, 31 + round));
    await out.until(21 + round);
  }
  assert.deepEqual(out.serials(), [...range(0, 20), 30, 31, 32]);
});
