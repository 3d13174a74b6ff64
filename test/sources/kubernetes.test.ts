import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { file } from '../../src/sources/file/file.ts';
import { timeOf } from '../support/kube-api/cluster.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { collect, waitFor } from '../support/source.ts';
import { lines, range, start, startWorld } from './kubernetes.ts';

test('reads what is there and what is written, in order, and leaves no connection behind', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 100));
  const { out, stop } = start(context, world);
  await out.until(100);
  for (let serial = 100; serial < 110; serial += 1) server.write(...lines(serial, serial + 1));
  await waitFor(() => out.counts.access === 110, 'all lines');
  assert.deepEqual(out.serials(), range(0, 110));
  assert.deepEqual(out.events[0]?.origin, { namespace: 'authentik', pod: 'server-0', container: 'server' });
  // The watch may be between two requests.
  await waitFor(() => world.api.connections === 2, 'a watch and a log');
  await stop();
  await waitFor(() => world.api.connections === 0, 'the end of all connections');
});

test('an event has the same id as when the file source reads it', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-ids-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  // As containerd writes the times that the kubelet gives with nine digits.
  const times = ['09:00:00.123456789', '09:00:01.12', '09:00:02', '09:00:03.5', '09:00:04.10000001'];
  let log = '';
  for (const [serial, time] of times.entries()) {
    const [clock = '', fraction = ''] = time.split('.');
    server.log.write({ time: `2026-01-15T${clock}.${fraction.padEnd(9, '0')}Z`, text: eventLine(serial) });
    log += `2026-01-15T${time}Z stderr F ${eventLine(serial)}\n`;
  }
  const path = join(folder, 'authentik_server-0_uid-1/server');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, '0.log'), log);
  const fromApi = start(context, world).out;
  const fromFile = collect();
  const config = { paths: [`${folder}/*/*/*.log`], start_at: 'beginning', max_line: 65_536, invalid_identifier: false };
  const drain = AbortSignal.abort();
  await file.create(config, fromFile.deps).run(drain, new AbortController().signal);
  await fromApi.until(times.length);
  assert.equal(fromFile.events.length, times.length);
  assert.deepEqual(
    fromApi.events.map(({ id, at }) => [id, at]),
    fromFile.events.map(({ id, at }) => [id, at]),
  );
});

test('only the selected containers of the selected pods are read', async (context) => {
  const world = await startWorld(context);
  const { cluster } = world;
  const both = cluster.addPod('authentik-0', ['server', 'worker', 'geoip', 'herald']);
  const other = cluster.addPod('shop-0', ['server'], { 'app.kubernetes.io/name': 'shop' });
  for (const [at, container] of [...both.containers.values(), ...other.containers.values()].entries())
    container.write(...lines(at, at + 1));
  const { out } = start(context, world);
  await out.until(2);
  assert.deepEqual(
    out.serials().toSorted((a, b) => a - b),
    [0, 1],
  );
  assert.deepEqual(
    new Set(world.api.asked('log').map(({ query }) => query.get('container'))),
    new Set(['server', 'worker']),
  );
  const one = start(context, world, { pod: 'shop-0' }).out;
  await one.until(1);
  assert.deepEqual(one.serials(), [4]);
  const labelled = start(context, world, { selector: 'app.kubernetes.io/name=shop', containers: ['server'] }).out;
  await labelled.until(1);
  assert.deepEqual(labelled.serials(), [4]);
});

test('the own pod is that of the host name', async (context) => {
  const world = await startWorld(context);
  world.cluster
    .addPod('other', ['server'], {})
    .container()
    .write(...lines(0, 1));
  world.cluster
    .addPod(hostname(), ['server'], {})
    .container()
    .write(...lines(1, 2));
  const { out, drain } = start(context, world, { pod: 'own' });
  await out.until(1);
  await drain();
  assert.deepEqual(out.serials(), [1]);
});

test('200 containers: one connection each, and few commits', async (context) => {
  const world = await startWorld(context);
  const pods = range(0, 200).map((at) => world.cluster.addPod(`server-${at}`));
  world.api.options.pageMax = 70;
  for (const [at, pod] of pods.entries()) pod.container().write(...lines(at * 10, at * 10 + 10));
  const out = collect();
  let commits = 0;
  const gate = Promise.withResolvers<void>();
  const accept: typeof out.deps.accept = async (batch) => {
    commits += 1;
    await gate.promise;
    await out.deps.accept(batch);
  };
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  const { stop } = start(context, world, {}, undefined, out, accept);
  await waitFor(() => world.api.asked('log').length === 200, 'a stream for each container');
  await waitFor(() => isSteady(world.api.sentBytes), 'the server to have sent all');
  gate.resolve();
  await waitFor(() => out.counts.access === 2000, '2,000 lines');
  // The watch may be between two requests.
  await waitFor(() => world.api.connections === 201, 'a watch and 200 logs');
  assert.equal(world.api.asked('list').length, 3);
  assert.ok(commits < 20, `${commits} commits`);
  await stop();
  await waitFor(() => world.api.connections === 0, 'the end of all connections');
  process.off('warning', onWarning);
  assert.deepEqual(
    out.serials().toSorted((a, b) => a - b),
    range(0, 2000),
  );
  assert.deepEqual(warnings, []);
});

test('long lines come whole; one that is too long is counted, and costs no neighbour', async (context) => {
  const world = await startWorld(context);
  world.api.options.pieceBytes = 1000;
  const server = world.cluster.addPod('server-0').container();
  const long = eventLine(1).replace('"client_ip"', `"padding": "${'x'.repeat(40_000)}", "client_ip"`);
  server.write(eventLine(0), long, `{"event": "${'y'.repeat(300_000)}"}`, eventLine(2));
  const { out } = start(context, world);
  await out.until(3);
  assert.deepEqual(out.serials(), [0, 1, 2]);
  assert.deepEqual(out.counts, { event: 3, oversized: 1 });
});

test('while nothing is accepted, nothing is read beyond a bound, and then everything is', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  const filler = `{"event": "${'z'.repeat(1000)}", "level": "info", "logger": "authentik.asgi"}`;
  const count = 40_000;
  server.log.write(...range(0, count).map((at) => ({ time: timeOf(BigInt(at) * 1000n), text: filler })));
  const out = collect();
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const accept: typeof out.deps.accept = async (batch) => {
    asked += 1;
    await gate.promise;
    await out.deps.accept(batch);
  };
  start(context, world, {}, undefined, out, accept);
  await waitFor(() => asked > 0, 'the first commit');
  const before = keptBytes();
  // The server would have sent 40 MB by now.
  await waitFor(() => isSteady(world.api.sentBytes), 'the server to stop sending');
  const most = 8 * 1024 * 1024 + sendBufferBytesMax();
  assert.ok(world.api.sentBytes < most, `${world.api.sentBytes} of ${most} bytes sent`);
  const more = keptBytes() - before;
  assert.ok(more < 20 * 1024 * 1024, `${more} bytes more`);
  gate.resolve();
  await waitFor(() => Object.values(out.counts).reduce((sum, one) => sum + one, 0) === count, 'all lines', 120_000);
});

/** What the kernel takes from a sender ahead of its receiver: up to 4 MiB, and more where somebody has set it so. */
function sendBufferBytesMax(): number {
  return Number(readFileSync('/proc/sys/net/ipv4/tcp_wmem', 'utf8').split(/\s+/)[2]);
}

/** Bytes outside of the heap that are in use: what is garbage is collected before. */
function keptBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

let steady = { bytes: -1, looks: 0 };

/** True when the number has not grown over many looks. Time proves nothing: it passes, too, while this process stands still. */
function isSteady(bytes: number): boolean {
  steady = { bytes, looks: bytes === steady.bytes ? steady.looks + 1 : 0 };
  return steady.looks > 100;
}

test('a stop takes what is read; a drain also what is written', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 10));
  const out = collect();
  const slow: typeof out.deps.accept = async (batch) => {
    await out.deps.clock.sleep(30);
    await out.deps.accept(batch);
  };
  const { drain } = start(context, world, {}, undefined, out, slow);
  await out.until(10);
  // Written behind the back of the stream that is open: only a new request finds it.
  server.log.file.push(...range(10, 20).map((serial) => ({ time: world.cluster.nextTime(), text: eventLine(serial) })));
  server.log.file.push({ time: world.cluster.nextTime(), text: accessLine });
  await drain();
  assert.deepEqual(out.serials(), range(0, 20));
  assert.equal(out.counts.access, 11);
  await waitFor(() => world.api.connections === 0, 'the end of all connections');
});
