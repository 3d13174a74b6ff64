import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../support/source.ts';
import { lines, range, start, startWorld } from './kubernetes.ts';

test('reads what is there and what is written, in order, and leaves no connection behind', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 100));
  const { out, stop } = start(context, world);
  await out.until(100);
  for (let serial = 100; serial < 110; serial += 1) server.write(...lines(serial, serial + 1));
  await out.until(110);
  assert.deepEqual(out.serials(), range(0, 110));
  await waitFor(() => out.counts.access === 110, 'the access lines');
  assert.deepEqual(out.events[0]?.origin, { namespace: 'authentik', pod: 'server-0', container: 'server' });
  assert.equal(world.api.connections, 2);
  await stop();
  await waitFor(() => world.api.connections === 0, 'the end of all connections');
});
