import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { eventLine } from '../support/lines.ts';

const head = `sources: [{type: stdin}]
destinations: {chat: {type: stdout}}
rules:
  - name: spray
    severity: warning
    policies: [{action: login_failed}]
    window: {count: 5, within: 10m, by: [event.client_ip], distinct: event.user.username}
    destinations: [chat]
    tests:
`;

async function run(context: TestContext, tests: string, ...args: readonly string[]) {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'config.yaml'), head + tests);
  writeFileSync(join(folder, 'spray.ndjson'), Array.from({ length: 6 }, (_, at) => `${eventLine(at)}\n`).join(''));
  const daemon = startDaemon(context, folder, ['test', ...args]);
  const code = await daemon.exited();
  return { code, out: daemon.stdout(), err: daemon.log() };
}

const five = `      - name: five users, one address
        events: [{action: login_failed, client_ip: 203.0.113.7, user: {username: "user-{n}"}, repeat: 5}]
        fires: 1
        severity: warning
        destinations: [chat]
        title: 5 different values of user.username within 4 s (203.0.113.7)
`;
const four = `      - name: four are too few, and five in an hour
        events:
          - {action: login_failed, client_ip: 203.0.113.7, user: {username: "user-{n}"}, repeat: 4}
          - {after: 1h, action: login_failed, client_ip: 203.0.113.7, user: {username: five}}
        fires: 0
`;
const file = `      - {name: from a file, events: [{file: spray.ndjson}], fires: 1}
`;

test('tests that pass', async (context) => {
  const { code, out } = await run(context, five + four + file);
  assert.equal(
    out,
    'spray\n  ok  five users, one address\n  ok  four are too few, and five in an hour\n  ok  from a file\n3 tests, 0 failed\n',
  );
  assert.equal(code, 0);
});

test('a test that fails says what was wanted and what was sent', async (context) => {
  const wrong = five.replace('fires: 1', 'fires: 2').replace('severity: warning', 'severity: alert');
  const { code, out } = await run(context, wrong);
  assert.equal(code, 1);
  assert.match(out, /FAILED {2}five users/);
  assert.match(
    out,
    /fires 1 times, wanted 2\n {6}severity is warning, wanted alert\n {6}it sent:\n {6}2026-01-15T09:00:04Z spray: 5 different/,
  );
  assert.match(out, /1 tests, 1 failed\n$/);
});

test('the same for machines: TAP and JUnit', async (context) => {
  const wrong = five.replace('fires: 1', 'fires: 2').replace('five users', '"a & b # c');
  const quoted = wrong.replace('one address\n', 'one address"\n');
  const tap = await run(context, four + quoted, '--format', 'tap');
  assert.match(
    tap.out,
    /^TAP version 14\n1\.\.2\nok 1 - spray: four .*\nnot ok 2 - spray: a & b \\# c, one address\n# fires 1 times/,
  );
  const junit = await run(context, four + quoted, '--format', 'junit');
  assert.match(junit.out, /<testsuite name="herald rules" tests="2" failures="1">/);
  assert.match(junit.out, /name="a &amp; b # c, one address"><failure message="fires 1 times, wanted 2">/);
  assert.equal(junit.code, 1);
});

test('lines that are no events, and their absence', async (context) => {
  const quiet = `  - name: quiet
    policies: []
    absence: {for: 15m, of: lines}
    destinations: [chat]
    tests:
      - {name: only health checks, events: [{line: true, repeat: 4, every: 10m}], wait: 10m, fires: 0}
      - {name: nothing, events: [{line: true}, {after: 20m, line: true}], wait: 10m, fires: 1}
`;
  const { code, out } = await run(context, four + quiet);
  assert.match(out, /quiet\n {2}ok {2}only health checks\n {2}ok {2}nothing\n/);
  assert.equal(code, 0);
  const typo = await run(context, four.replace('{after: 1h, action: login_failed,', '{after: 1h,'));
  assert.equal(typo.code, 78);
  assert.match(typo.err, /event 2 of the test four .* is nothing: give it an action, a file or line/);
});

test('no tests, a file that is not there, a time that is none', async (context) => {
  const none = await run(context, '      []\n');
  assert.equal(none.code, 1);
  assert.match(none.out, /no rule has tests/);
  const missing = await run(context, file.replace('spray.ndjson', 'gone.ndjson'));
  assert.equal(missing.code, 78);
  assert.match(missing.err, /gone\.ndjson \(ENOENT\)/);
  const time = await run(context, five.replace('fires: 1', 'start: yesterday'));
  assert.equal(time.code, 78);
  assert.match(time.err, /starts at no time/);
});
