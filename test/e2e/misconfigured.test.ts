import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon, temporaryFolder, writeConfig } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';
import { answer, played, startHttpReceiver, type Answer } from '../support/receivers/http.ts';
import { pagerDutyStandIn } from '../support/receivers/pagerduty.ts';
import { teamsStandIn } from '../support/receivers/teams.ts';
import { page } from '../support/scenario.ts';

interface Mistake {
  readonly name: string;
  /** The destination as written, for the address of a service. */
  readonly destination: (url: string) => object;
  readonly service: Answer;
  readonly reason: string;
  /** In the log and in `/readyz`. */
  readonly words: string;
  readonly told: 'delivery fails, retrying' | 'given up';
  readonly secret: string;
}

const mistakes: readonly Mistake[] = [
  {
    name: 'a wrong key',
    destination: (url) => ({ type: 'pagerduty', url: `${url}/v2/enqueue`, routing_key: 'f'.repeat(32) }),
    service: played(pagerDutyStandIn('0'.repeat(32))),
    reason: 'unauthorized',
    words: 'Invalid routing key',
    told: 'delivery fails, retrying',
    secret: 'f'.repeat(32),
  },
  {
    name: 'an address that is cut off',
    destination: (url) => ({ type: 'teams', url: `${url}/workflows/s3cretw0rkflow/triggers/manual/paths/invoke` }),
    service: played(teamsStandIn('sig')),
    reason: 'unauthorized',
    words: 'DirectApiAuthorizationRequired',
    told: 'delivery fails, retrying',
    secret: 's3cretw0rkflow',
  },
  {
    name: 'a hook that is gone',
    destination: (url) => ({ type: 'slack', url: `${url}/services/T0/B0/kQw9ErTyUiOpAsDf` }),
    service: answer(404, 'no_service'),
    reason: 'not_found',
    words: 'HTTP 404: no_service',
    told: 'given up',
    secret: 'kQw9ErTyUiOp',
  },
];

for (const { name, destination, service, reason, words, told, secret } of mistakes) {
  test(`${name} is told in words, in /readyz and once in the log, without the secret`, async (t) => {
    const receiver = await startHttpReceiver();
    t.after(() => receiver.close());
    receiver.script(service);
    const folder = temporaryFolder(t);
    writeConfig(folder, JSON.stringify(destination(receiver.url)));
    writeFileSync(join(folder, 'app.log'), [1, 2, 3, 4, 5].map((serial) => `${eventLine(serial)}\n`).join(''));
    const daemon = startDaemon(t, folder, ['run']);
    await daemon.logged(`"${told}"`);
    const readiness = await page(daemon, 'readyz');
    const { ready, destinations } = JSON.parse(readiness);
    assert.equal(ready, true, 'a wrong destination is no reason to take authentik out of service');
    assert.equal(destinations.out.state, 'failing');
    assert.equal(destinations.out.reason, reason);
    assert.match(destinations.out.detail, new RegExp(words));
    const metrics = await page(daemon, 'metrics');
    daemon.process.kill('SIGTERM');
    assert.equal(await daemon.exited(), 0);
    const lines = daemon
      .log()
      .split('\n')
      .filter((line) => line.includes(`"${told}"`));
    assert.match(lines[0] ?? '', new RegExp(words));
    // What was given up after the first is in one line at the end.
    assert.ok(lines.length <= (told === 'given up' ? 2 : 1), daemon.log());
    for (const text of [readiness, metrics, daemon.log()]) assert.ok(!text.includes(secret), text);
  });
}
