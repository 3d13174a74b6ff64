import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compress, logFolder, range, records, rotate } from '../support/file-source.ts';
import { waitFor, type Collected } from '../support/source.ts';

function warnings(out: Collected, text: string): number {
  return out.log.filter((line) => line.includes('"level":40') && line.includes(text)).length;
}

/** Root may read anything: be nobody until the test is over or `undo` is called. */
function asNobody(context: { after(undo: () => void): void }, ...folders: readonly string[]): () => void {
  for (const folder of folders) chmodSync(folder, 0o755);
  const undo = (): void => void (process.getuid?.() === 0 && process.seteuid?.(0));
  if (process.getuid?.() === 0) process.seteuid?.(65_534);
  context.after(undo);
  return undo;
}

test('a missing folder is named once and picked up when it appears', async (context) => {
  const { folder, log, start } = logFolder(context);
  rmSync(join(log, '../..'), { recursive: true });
  const out = start();
  await waitFor(() => warnings(out, 'no file matches') > 0, 'the warning');
  mkdirSync(join(log, '..'), { recursive: true });
  writeFileSync(log, records(0, 5));
  await out.until(5);
  assert.equal(warnings(out, 'no file matches'), 1);
  const missing = start(undefined, { paths: [join(folder, 'later/*.log')] });
  await waitFor(() => warnings(missing, 'log folder is missing') > 0, 'the folder');
  mkdirSync(join(folder, 'later'));
  writeFileSync(join(folder, 'later/a.log'), records(0, 5));
  await missing.until(5);
  assert.equal(warnings(missing, 'log folder is missing'), 1);
});

test('follows a link whose target appears later, and its rotations', async (context) => {
  const { folder, log, start, stop } = logFolder(context);
  const link = join(folder, 'server-0_authentik_server-0123.log');
  symlinkSync(log, link);
  const out = start(undefined, { paths: [join(folder, '*.log')] });
  await waitFor(() => warnings(out, 'no file matches') === 1, 'the first look');
  writeFileSync(log, records(0, 3));
  await out.until(3);
  appendFileSync(rotate(log, '090000'), records(3, 5));
  writeFileSync(log, records(5, 7));
  await out.until(7);
  await stop();
  appendFileSync(log, records(7, 8));
  compress(rotate(log, '090010'));
  writeFileSync(log, records(8, 9));
  const again = start(out, { paths: [join(folder, '*.log')] });
  await again.until(2);
  assert.deepEqual([...out.serials(), ...again.serials()], range(0, 9));
  assert.deepEqual([...out.gaps(), ...again.gaps()], []);
});

test("a pod's log and the kubelet's link to it give the same events", async (context) => {
  const { folder, log, start } = logFolder(context);
  const links = join(folder, 'links');
  mkdirSync(links);
  symlinkSync(log, join(links, `server-0_authentik_server-${'0'.repeat(64)}.log`));
  writeFileSync(log, records(0, 10));
  const byPod = start();
  const byLink = start(undefined, { paths: [join(links, '*.log')] });
  await byPod.until(10);
  await byLink.until(10);
  assert.deepEqual(byLink.events, byPod.events);
});

test('a file that vanishes and comes back, again and again', async (context) => {
  const { log, start } = logFolder(context);
  const out = start();
  for (let round = 0; round < 5; round += 1) {
    writeFileSync(log, records(round * 10, round * 10 + 10));
    await out.until(round * 10 + 10);
    rmSync(log);
    if (round % 2 === 0) await waitFor(() => out.checkpoints.get(log) === null, 'the checkpoint to go');
  }
  assert.deepEqual(out.serials(), range(0, 50));
  assert.deepEqual(out.gaps(), []);
});

test('a file that may not be read is named with what it needs, and read when it may', async (context) => {
  const { folder, log, start } = logFolder(context);
  const other = log.replace('0.log', '1.log');
  writeFileSync(log, records(0, 3));
  writeFileSync(other, records(10, 13));
  chmodSync(log, 0);
  chmodSync(other, 0o644);
  const undo = asNobody(context, folder, join(log, '../..'), join(log, '..'));
  const out = start();
  await out.until(3);
  await waitFor(() => warnings(out, 'EACCES') > 0, 'the warning');
  assert.ok(
    out.log.some((line) => line.includes(log) && line.includes('permission denied: herald needs to read the file')),
  );
  appendRounds(undo, other);
  await out.until(6);
  undo();
  chmodSync(log, 0o644);
  await out.until(9);
  assert.deepEqual(new Set(out.serials()), new Set([...range(0, 3), ...range(10, 16)]));
  assert.equal(warnings(out, 'EACCES'), 1);
});

function appendRounds(undo: () => void, path: string): void {
  undo();
  appendFileSync(path, records(13, 16));
  if (process.getuid?.() === 0) process.seteuid?.(65_534);
}

test('a folder that may not be searched is named, and searched when it may', async (context) => {
  const { folder, log, start } = logFolder(context);
  writeFileSync(log, records(0, 3));
  const undo = asNobody(context, folder, join(log, '../..'));
  undo();
  chmodSync(join(log, '..'), 0);
  asNobody(context);
  const out = start();
  await waitFor(() => warnings(out, 'permission denied') > 0, 'the warning');
  assert.ok(out.log.some((line) => line.includes(`"path":"${join(log, '..')}"`)));
  undo();
  chmodSync(join(log, '..'), 0o755);
  await out.until(3);
  assert.equal(warnings(out, 'permission denied'), 1);
  assert.equal(warnings(out, 'no file matches'), 0);
});

test('what a permission hides after a downtime is waited for and is no gap', async (context) => {
  const { folder, log, start, stop } = logFolder(context);
  writeFileSync(log, records(0, 3));
  const first = start();
  await first.until(3);
  await stop();
  const rotated = rotate(log, '090000');
  appendFileSync(rotated, records(3, 6));
  writeFileSync(log, records(6, 9));
  chmodSync(rotated, 0);
  chmodSync(log, 0o644);
  const undo = asNobody(context, folder, join(log, '../..'), join(log, '..'));
  const second = start(first);
  await waitFor(() => warnings(second, 'EACCES') > 0, 'the warning');
  undo();
  chmodSync(rotated, 0o644);
  await second.until(6);
  assert.deepEqual(second.serials(), range(3, 9));
  assert.deepEqual(second.gaps(), []);
});

test('folders, pipes and dead links that match are left alone', async (context) => {
  const { folder, log, start } = logFolder(context);
  mkdirSync(join(log, '../folder.log'));
  symlinkSync('nowhere', join(log, '../dead.log'));
  symlinkSync('loop.log', join(log, '../loop.log'));
  symlinkSync('/dev/zero', join(log, '../zero.log'));
  writeFileSync(log, records(0, 3));
  const out = start();
  await out.until(3);
  assert.deepEqual(out.serials(), range(0, 3));
  const named = start(undefined, { paths: [join(folder, 'authentik_server-0_uid')] });
  await waitFor(() => warnings(named, 'this is a folder') === 1, 'the advice');
});

test('rotated files that match the pattern are read as parts of their log', async (context) => {
  const { folder, log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  compress(rotate(log, '090000'));
  writeFileSync(log, records(10, 20));
  rotate(log, '090010');
  writeFileSync(log, records(20, 30));
  writeFileSync(`${log}.20260115-090020.tmp`, records(0, 1));
  const out = start(undefined, { paths: [join(folder, '*/*/*')] });
  await out.until(30);
  rotate(log, '090030');
  writeFileSync(log, records(30, 40));
  await out.until(40);
  assert.deepEqual(out.serials(), range(0, 40));
  assert.equal(out.counts.access, 40);
  assert.deepEqual([...out.checkpoints.keys()], [log]);
});

test('an archive that is named is read to its end', async (context) => {
  const { log, start } = logFolder(context);
  writeFileSync(log, records(0, 10));
  const archive = compress(rotate(log, '090000'));
  const out = start(undefined, { paths: [archive] });
  await out.until(10);
  assert.deepEqual(out.serials(), range(0, 10));
});

test('names of any kind', async (context) => {
  const { folder, log, start } = logFolder(context);
  const names = [
    'new\nline',
    'quote"\'`',
    'back\\slash',
    'star*?[x]{y}',
    '$HOME ~ #',
    'a b',
    '\u001b[31m',
    'ü\u202e',
    '__proto__',
    '-rf',
    'x'.repeat(251),
  ];
  for (const [at, name] of names.entries()) writeFileSync(join(log, `../${name}.log`), records(at, at + 1));
  // A name that is no UTF-8 cannot be opened by the text that stands for it.
  writeFileSync(
    Buffer.concat([Buffer.from(join(log, '../')), Buffer.from([0xff, 0xfe]), Buffer.from('.log')]),
    records(90, 91),
  );
  const out = start();
  await out.until(names.length);
  assert.deepEqual(
    out.serials().toSorted((a, b) => a - b),
    range(0, names.length),
  );
  const literal = join(log, '../star*?[x]{y}.log');
  const named = start(undefined, { paths: [literal] });
  await named.until(1);
  assert.deepEqual([...named.checkpoints.keys()], [literal]);
  assert.equal(readdirSync(join(folder, 'authentik_server-0_uid/server')).length, names.length + 1);
});

test('a pattern that leads out of its folder finds what it names', async (context) => {
  const { folder, log, start } = logFolder(context);
  mkdirSync(join(folder, 'elsewhere'));
  writeFileSync(join(folder, 'elsewhere/app.log'), records(0, 2));
  const out = start(undefined, { paths: [`${join(log, '..')}/../../elsewhere/*.log`] });
  await out.until(2);
  appendFileSync(join(folder, 'elsewhere/app.log'), records(2, 3));
  await out.until(3);
  assert.deepEqual(out.serials(), range(0, 3));
});

test('one log whose file cannot be read does not hold up the others', async (context) => {
  const { folder, log, start } = logFolder(context);
  writeFileSync(log, records(0, 3));
  // Reading another process' memory at its first byte is an error of every read.
  symlinkSync('/proc/self/mem', join(folder, 'authentik_server-0_uid/server/mem.log'));
  const out = start();
  await out.until(3);
  await waitFor(() => warnings(out, 'EIO') > 0, 'the warning');
  appendFileSync(log, records(3, 6));
  await out.until(6);
  assert.equal(warnings(out, 'EIO'), 1);
});

test('more logs than may be open at the same time take turns', async (context) => {
  const { folder, start, stop } = logFolder(context);
  const logs = range(0, 60).map((at) => join(folder, `ns_pod-${at}_uid/server/0.log`));
  for (const [at, log] of logs.entries()) {
    mkdirSync(join(log, '..'), { recursive: true });
    writeFileSync(log, records(at, at + 1));
  }
  const isOpen = (fd: string): boolean => {
    const target = openFile(fd);
    return target?.startsWith(folder) === true && target.endsWith('.log');
  };
  const open = (): number => readdirSync('/proc/self/fd').filter((fd) => isOpen(fd)).length;
  const out = start(undefined, {}, { openMax: 10 });
  await out.until(60);
  await waitFor(() => open() <= 10, 'the others to be closed');
  for (const [at, log] of logs.entries()) appendFileSync(log, records(100 + at, 101 + at));
  await out.until(120);
  const [first = '', second = ''] = logs;
  rotate(first, '090000');
  writeFileSync(first, records(200, 201));
  compress(rotate(second, '090000'));
  writeFileSync(second, records(201, 202));
  await out.until(122);
  assert.ok(open() <= 12, `${open()} are open`);
  await stop();
  assert.deepEqual(new Set(out.serials()), new Set([...range(0, 60), ...range(100, 160), 200, 201]));
  assert.equal(out.counts.event, 122);
  assert.deepEqual(out.gaps(), []);
});

function openFile(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}
