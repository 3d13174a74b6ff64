import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { OperationalError } from '../../src/core/errors.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { SourceDeps } from '../../src/sources/source.ts';
import { kubernetes } from '../../src/sources/kubernetes/kubernetes.ts';
import { createApi } from '../../src/sources/kubernetes/api.ts';
import { parseMounts } from '../../src/sources/kubernetes/own.ts';
import { readPod } from '../../src/sources/kubernetes/pods.ts';
import { wantedOf } from '../../src/sources/kubernetes/wanted.ts';
import { Cluster } from '../support/kube-api/cluster.ts';
import { makeCertificates } from '../support/receivers/certificates.ts';
import { KubeApi } from '../support/kube-api/server.ts';
import { collect, waitFor } from '../support/source.ts';
import { lines, range, start, startWorld, type Running } from './kubernetes.ts';

/** The source refuses to run, with this message. */
async function refused({ done }: Running, message: RegExp): Promise<void> {
  await assert.rejects(done, (error) => {
    assert.ok(error instanceof OperationalError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

const account = 'system:serviceaccount:authentik:herald';

for (const [denied, message] of [
  [
    'list pods',
    `${account} may not list pods in namespace authentik: add .*resources: \\[pods\\], verbs: \\[list\\].* Role`,
  ],
  ['get pods/log', `${account} may not get pods/log in namespace authentik: add .*\\[pods/log\\], verbs: \\[get\\]`],
] as const) {
  test(`without the permission to ${denied} the source says what to add, and works when it is added`, async (context) => {
    const world = await startWorld(context);
    world.cluster
      .addPod('server-0')
      .container()
      .write(...lines(0, 1));
    world.api.denied.add(denied);
    await refused(start(context, world), new RegExp(message));
    await waitFor(() => world.api.connections === 0, 'the end of all connections');
    world.api.denied.clear();
    await start(context, world).out.until(1);
  });
}

test('without the permission to watch pods, what is listed is read, the log says what to add, and it heals', async (context) => {
  const world = await startWorld(context);
  world.cluster
    .addPod('server-0')
    .container()
    .write(...lines(0, 1));
  world.api.denied.add('watch pods');
  const { out } = start(context, world);
  await out.until(1);
  await waitFor(() => world.api.asked('watch').length > 3, 'more attempts');
  assert.equal(out.log.filter((line) => /may not watch pods in namespace authentik: add/.test(line)).length, 1);
  world.api.denied.clear();
  world.cluster
    .addPod('server-1')
    .container()
    .write(...lines(1, 2));
  await out.until(2);
  await waitFor(() => out.log.some((line) => line.includes('it works again')), 'the good news');
});

test('a permission that is taken away later stops one thing and takes nothing else down', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 1));
  const { out } = start(context, world);
  await out.until(1);
  world.api.denied.add('get pods/log');
  world.api.breakAll();
  await waitFor(() => out.log.some((line) => line.includes('may not get pods/log')), 'the message');
  server.write(...lines(1, 2));
  world.api.denied.clear();
  await out.until(2);
  assert.deepEqual(out.serials(), [0, 1]);
});

test('a token that rotates is read again; one that is not accepted is asked for until it is', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 1));
  const { out } = start(context, world);
  await out.until(1);
  // A request that is under way when the token goes has the old one.
  await waitFor(() => world.api.asked('watch').length === 1, 'the watch');
  world.rotateToken();
  world.api.breakAll();
  server.write(...lines(1, 2));
  await out.until(2);
  assert.ok(world.api.requests.every(({ status }) => status !== 401));
  // The server forgets the token before the kubelet has written the next one.
  world.api.tokens.clear();
  world.api.breakAll();
  server.write(...lines(2, 3));
  await waitFor(() => out.log.some((line) => line.includes('does not accept the service account')), 'the message');
  world.rotateToken();
  await out.until(3);
  assert.deepEqual(out.serials(), [0, 1, 2]);
  assert.ok(!out.log.some((line) => line.includes('token-')), 'no token in the log');
});

test('an authority that changes is trusted for the next connection; a server that is not signed by it is not', async (context) => {
  const world = await startWorld(context);
  const foreign = makeCertificates();
  context.after(() => rmSync(foreign.directory, { recursive: true }));
  world.cluster
    .addPod('server-0')
    .container()
    .write(...lines(0, 1));
  writeFileSync(join(world.account, 'ca.crt'), foreign.ca);
  const { out } = start(context, world);
  await waitFor(() => out.log.some((line) => line.includes('no answer from the API server: tls')), 'the message');
  assert.deepEqual(world.api.requests, []);
  writeFileSync(join(world.account, 'ca.crt'), world.ca);
  await out.until(1);
});

test('429 with Retry-After, 5xx, resets: each is waited out, and said once', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 3));
  const busy = { status: 429, message: 'too many requests', headers: { 'retry-after': '60' } };
  const broken = { status: 500, message: 'Get "https://10.0.0.7:10250/containerLogs/x": dial tcp: connection refused' };
  world.api.fail('list', { status: 503, message: 'apiserver not ready' }, 'reset');
  world.api.fail('watch', { status: 500, message: 'etcdserver: leader changed' }, 'reset');
  world.api.fail('log', busy, broken, broken, broken, 'reset');
  const { out, clock } = start(context, world);
  await waitFor(() => clock.isAsleepFor(60_000), 'the wait that the server asked for');
  assert.equal(world.api.asked('log').length, 1);
  clock.skip(60_000);
  await out.until(3);
  assert.equal(world.api.asked('log').length, 6);
  assert.equal(out.log.filter((line) => line.includes('connection refused')).length, 1);
  await waitFor(() => world.api.asked('watch').length === 3, 'the watch');
});

test('an API server that is gone for a while: nothing ends, nothing is lost', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 10));
  const { out } = start(context, world);
  await out.until(10);
  await world.api.stop();
  server.write(...lines(10, 20));
  world.cluster
    .addPod('server-1')
    .container()
    .write(...lines(20, 30));
  await waitFor(() => out.log.some((line) => line.includes('refused')), 'the message');
  await world.api.startAgain();
  await waitFor(() => out.counts.access === 30, 'all lines');
  assert.deepEqual(
    out.serials().toSorted((a, b) => a - b),
    range(0, 30),
  );
});

test('a past that is forgotten (410, on asking and in the stream) means a new list: what came and went is found', async (context) => {
  const world = await startWorld(context);
  const { cluster, api } = world;
  const pods = range(0, 3).map((at) => cluster.addPod(`server-${at}`));
  api.options.pageMax = 2;
  const { out } = start(context, world);
  await waitFor(() => api.asked('log').length === 3, 'the streams');
  // In the stream.
  cluster.compact();
  await waitFor(() => api.asked('list').length === 4, 'a new list');
  // On asking: what happened in between is not told.
  await waitFor(() => api.asked('watch').length === 2, 'a new watch');
  api.fail('watch', { status: 500, message: 'not now' });
  api.endWatches();
  pods[0]?.delete();
  cluster
    .addPod('server-3')
    .container()
    .write(...lines(0, 1));
  cluster.compact();
  await out.until(1);
  await waitFor(() => out.log.some((line) => line.includes('the pod is gone')), 'the pod to be given up');
  assert.ok(!out.log.some((line) => line.includes('410')), 'a new list is no trouble');
});

test('a watch that ends goes on from the last bookmark', async (context) => {
  const world = await startWorld(context);
  const { cluster, api } = world;
  const { out } = start(context, world);
  await waitFor(() => api.asked('watch').length === 1, 'the watch');
  cluster.addPod('shop-0', ['server'], { 'app.kubernetes.io/name': 'shop' });
  cluster
    .addPod('server-0')
    .container()
    .write(...lines(0, 1));
  await out.until(1);
  const { version } = cluster;
  api.endWatches();
  await waitFor(() => api.asked('watch').length === 2, 'the next watch');
  assert.equal(api.asked('watch')[1]?.query.get('resourceVersion'), String(version));
  assert.equal(api.asked('watch')[1]?.query.get('allowWatchBookmarks'), 'true');
  assert.equal(api.asked('list').length, 1);
});

test('what is wrong with the surroundings is said in words', async (context) => {
  const world = await startWorld(context);
  await refused(
    start(context, world, { service_account: '/nowhere' }),
    /cannot read \/nowhere\/namespace \(ENOENT\): is automount/,
  );
  await refused(start(context, world, { namespace: 'shop' }), /may not list pods in namespace shop/);
  world.api.fail('list', { status: 400, message: 'unable to parse requirement: found "=="' });
  await refused(start(context, world, { selector: '==' }), /answered 400 to list pods.*unable to parse requirement/);
});

test('outside of a pod the API server has to be named', async (context) => {
  const { account: folder } = await startWorld(context);
  const { deps } = collect();
  const config = { service_account: folder, containers: ['server'], max_line: 1000, invalid_identifier: false };
  const signal = new AbortController().signal;
  const run = (env: SourceDeps['env']): Promise<void> =>
    kubernetes.create(config, { ...deps, env }).run(signal, signal);
  await assert.rejects(run({}), /KUBERNETES_SERVICE_HOST is not set.*set "server"/);
});

test('a proxy of kubectl is asked without a token', async (context) => {
  const cluster = new Cluster();
  cluster
    .addPod('server-0')
    .container()
    .write(...lines(0, 1));
  const out = collect();
  const api = await KubeApi.start(cluster);
  context.after(() => api.close());
  api.tokens.add('');
  const config = { server: api.url, namespace: 'authentik', containers: ['server'], start_at: 'beginning' };
  const stop = new AbortController();
  const options = { ...config, service_account: '/nowhere', max_line: 1000, invalid_identifier: false };
  const done = kubernetes.create(options, out.deps).run(stop.signal, stop.signal);
  await out.until(1);
  stop.abort();
  await done;
});

test('a body that is silent for too long is given up; one that is not taken is not', async (context) => {
  const world = await startWorld(context);
  const server = world.cluster.addPod('server-0').container();
  server.write(...lines(0, 1));
  const api = createApi({ server: world.api.url, account: world.account, clock: systemClock });
  context.after(() => api.close());
  const path = '/api/v1/namespaces/authentik/pods/server-0/log';
  const signal = new AbortController().signal;
  const query = { container: 'server', follow: true };
  let taken = 0;
  const end = await api.get({ path, query, quietMsMax: 500, signal }, async () => {
    taken += 1;
    await systemClock.sleep(2500);
  });
  assert.deepEqual([end, taken], [{ status: 'quiet' }, 1]);
  await assert.rejects(
    api.get({ path, query, quietMsMax: 500, signal }, () => Promise.reject(new Error('not taken'))),
    /not taken/,
  );
});

test('the kubelet tells where this process runs, and that container is never read', () => {
  const mounts = [
    '1034 1025 0:231 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw',
    '1047 1034 254:1 /var/lib/kubelet/pods/uid-7/etc-hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw',
    '1048 1034 254:1 /pods/uid-7/containers/server/2f0c1b6a /dev/termination-log rw,relatime - ext4 /dev/vda1 rw',
  ].join('\n');
  const own = parseMounts(mounts);
  assert.deepEqual(own, { podUid: 'uid-7', container: 'server' });
  assert.equal(parseMounts('36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw'), undefined);
  const names = ['server', 'worker'];
  const pod = readPod(JSON.parse(JSON.stringify(new Cluster().addPod('server-0', names).told)));
  assert.ok(pod !== undefined);
  const read = (uid: string): readonly string[] =>
    wantedOf({ ...pod, uid }, names, own).map(({ status }) => status.name);
  assert.deepEqual([read('uid-7'), read('uid-8')], [['worker'], ['server', 'worker']]);
});

test('the documented Role is enough, and nothing in it is too much', async (context) => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/sources/kubernetes.md'), 'utf8');
  const manifest = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(text)?.[1] ?? '';
  const [role] = parseAllDocuments(manifest).map((document): Role => document.toJS() as Role);
  const allowed = (role?.rules ?? []).flatMap(({ verbs, resources }) =>
    verbs.flatMap((verb) => resources.map((resource) => `${verb} ${resource}`)),
  );
  const world = await startWorld(context);
  world.cluster
    .addPod('server-0')
    .container()
    .write(...lines(0, 1));
  const { out } = start(context, world);
  await out.until(1);
  await waitFor(() => world.api.asked('watch').length === 1, 'the watch');
  const used = world.api.requests.map(({ kind }) => (kind === 'log' ? 'get pods/log' : `${kind} pods`));
  assert.deepEqual(allowed.toSorted(), [...new Set(used)].toSorted());
});

interface Role {
  readonly rules: readonly { readonly verbs: readonly string[]; readonly resources: readonly string[] }[];
}
