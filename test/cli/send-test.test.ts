import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { makeCertificates } from '../support/receivers/certificates.ts';
import { answer, played, startHttpReceiver, type Answer, type HttpReceiver } from '../support/receivers/http.ts';
import { pagerDutyStandIn } from '../support/receivers/pagerduty.ts';
import { startProxy } from '../support/receivers/proxy.ts';
import { folder, heraldAlongside } from './herald.ts';
import { standingHerald, type Finished } from './standing.ts';

const hook = '/services/T0EXAMPLE/B0EXAMPLE/kQw9ErTyUiOpAsDfGhJk';

async function receiverFor(t: TestContext, ...script: readonly Answer[]): Promise<HttpReceiver> {
  const receiver = await startHttpReceiver();
  t.after(() => receiver.close());
  receiver.script(...script);
  return receiver;
}

/** Runs send-test for a destination called `out` in an empty folder. */
async function sendTest(
  t: TestContext,
  destination: object,
  args: readonly string[] = ['out'],
  herald: typeof heraldAlongside = standingHerald,
  env: { readonly [name: string]: string } = {},
): Promise<Finished> {
  const config = { sources: [{ type: 'stdin' }], destinations: { out: destination } };
  const cwd = folder(t, { 'config.yaml': JSON.stringify(config) });
  const finished = await herald(cwd, ['send-test', ...args], env);
  assert.deepEqual(readdirSync(cwd), ['config.yaml'], 'it leaves nothing behind');
  assert.doesNotMatch(finished.stdout + finished.stderr, /kQw9ErTyUiOp|4f6a0c1e8b2d/);
  return finished;
}

/** The same in a process of its own: one that an open connection keeps would not end. */
async function sendTestAlone(
  t: TestContext,
  destination: object,
  env?: { readonly [name: string]: string },
): Promise<Finished> {
  return sendTest(t, destination, ['out'], heraldAlongside, env);
}

test('a message that says what it is, and exit code 0', async (t) => {
  const receiver = await receiverFor(t, answer(200, 'ok'));
  const { code, stdout, stderr } = await sendTestAlone(t, { type: 'slack', url: receiver.url + hook });
  assert.match(stdout, /^out: delivered in \d+ ms\n {2}Look there for "Test message from herald"\.\n$/);
  assert.deepEqual([code, stderr], [0, '']);
  const [request, ...others] = receiver.requests;
  assert.equal(others.length, 0);
  const body = JSON.parse(request?.body.toString() ?? '');
  assert.equal(body.text, 'Test message from herald');
  assert.match(JSON.stringify(body), /Nothing has happened/);
});

test('each is one of its own to the receiver', async (t) => {
  const alerts = new Map<string, object[]>();
  const key = '4f6a0c1e8b2d4f7390a1c5e7b9d3f208';
  const receiver = await receiverFor(t, played(pagerDutyStandIn(key, alerts)));
  const destination = { type: 'pagerduty', routing_key: key, url: `${receiver.url}/v2/enqueue` };
  for (let i = 0; i < 2; i += 1) assert.equal((await sendTest(t, destination)).code, 0);
  assert.equal(alerts.size, 2);
  assert.match(JSON.stringify([...alerts.values()]), /"severity":"info"/);
});

for (const [name, script, expected] of [
  [
    'a revoked hook',
    answer(403, 'invalid_token'),
    [/^out: refused: not let in \(HTTP 403: invalid_token\), after \d+ ms$/, /revoked/, /holds what is for this dest/],
  ],
  [
    'a hook that is gone',
    answer(404, 'no_service'),
    [/nothing is at that address/, /make a new webhook/, /dead letter/],
  ],
  [
    'a service that is down',
    answer(503),
    [/the service has a problem \(HTTP 503\)/, /problem of its own/, /tries again/],
  ],
  [
    'a redirect',
    answer(301, '', { location: 'https://x.example/' }),
    [/points elsewhere/, /new address/, /dead letter/],
  ],
  ['a page of a proxy', answer(200, '<html>'), [/not understood/, /login page/, /tries again/]],
] as const) {
  test(`${name} is told in words with what to do, exit code 1`, async (t) => {
    const receiver = await receiverFor(t, script);
    const { code, stdout } = await sendTest(t, { type: 'slack', url: receiver.url + hook });
    assert.equal(code, 1);
    const lines = stdout.trimEnd().split('\n');
    for (const pattern of expected)
      assert.ok(
        lines.some((line) => pattern.test(line)),
        `${pattern} in\n${stdout}`,
      );
  });
}

test('nobody there, no such name, no trusted certificate', async (t) => {
  const refused = await sendTestAlone(t, { type: 'slack', url: `http://127.0.0.1:${await freePort()}${hook}` });
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /not reachable: the connection is refused \(ECONNREFUSED\)[^]*Nothing listens there/);

  // Where no name server answers, the C library would ask for longer than an attempt may take.
  const impatient = { RES_OPTIONS: 'timeout:1 attempts:1' };
  const nobody = { type: 'slack', url: `https://nobody.invalid${hook}`, timeout: '100s' };
  const unknown = await sendTestAlone(t, nobody, impatient);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stdout, /the host name is not found \(E\w+\)[^]*Check its spelling/);

  const certificates = makeCertificates();
  t.after(() => rmSync(certificates.directory, { recursive: true }));
  const secured = await startHttpReceiver(certificates.server);
  t.after(() => secured.close());
  const untrusted = await sendTestAlone(t, { type: 'slack', url: secured.url + hook });
  assert.equal(untrusted.code, 1);
  assert.match(untrusted.stdout, /no trusted TLS connection \(\w+\)[^]*`tls\.ca` takes an authority/);
  const trusted = await sendTestAlone(t, { type: 'slack', url: secured.url + hook, tls: { ca: certificates.ca } });
  assert.equal(trusted.code, 0);
});

test('a proxy that wants a password', async (t) => {
  const receiver = await receiverFor(t, answer(200, 'ok'));
  const proxy = await startProxy('ada:lovelace');
  t.after(() => proxy.close());
  const destination = { type: 'slack', url: receiver.url + hook };
  const refused = await sendTestAlone(t, { ...destination, proxy: `http://127.0.0.1:${proxy.port}` });
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /the proxy answered 407[^]*The proxy wants a user name and a password/);
  const admitted = await sendTestAlone(t, { ...destination, proxy: `http://ada:lovelace@127.0.0.1:${proxy.port}` });
  assert.equal(admitted.code, 0);
});

test("herald's own list is not touched", async (t) => {
  const { code, stdout } = await sendTest(t, { type: 'local' });
  assert.equal(code, 0);
  assert.match(stdout, /Nothing was written/);
});

test('a name that is none is wrong usage, a wrong configuration a problem', async (t) => {
  const wrong = await sendTest(t, { type: 'stdout' }, ['uot']);
  assert.deepEqual([wrong.code, wrong.stdout], [64, '']);
  assert.match(wrong.stderr, /no destination "uot" in config\.yaml \(did you mean "out"\?\); there are: out/);
  assert.equal((await sendTest(t, { type: 'stdoutt' })).code, 78);
  assert.equal((await sendTest(t, { type: 'stdout' }, ['--config', 'config.yaml'])).code, 64);
});
