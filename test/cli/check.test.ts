import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, herald } from './herald.ts';
import { standingHerald } from './standing.ts';

const good = `sources: [{type: stdin}]
rules: [{name: a, policies: [{action: login}], destinations: [out]}]
destinations: {out: {type: stdout}}
`;
const bad = `sources: [{type: stdinn}]
destinations: {out: {type: stdout}}
rules: [{name: a, policies: [{expression: "event.action = 1"}], destinations: [uot]}]
`;

test('a good configuration: exit code 0, a count, nothing written', (t) => {
  const cwd = folder(t, { 'config.yaml': good });
  assert.deepEqual(herald(cwd, ['check']), {
    code: 0,
    stdout: 'config.yaml: ok (1 source, 1 rule, 1 destination)\n',
    stderr: '',
  });
  assert.deepEqual(readdirSync(cwd), ['config.yaml']);
});

test('a bad configuration: every problem on standard error, exit code 78', (t) => {
  const { code, stdout, stderr } = herald(folder(t, { 'bad.yaml': bad }), ['check', '-c', 'bad.yaml']);
  assert.equal(code, 78);
  assert.equal(stdout, '');
  const lines = stderr.split('\n');
  assert.equal(lines[0], 'bad.yaml:1:18 sources[0].type: unknown type (did you mean "stdin"?)');
  assert.match(lines[1] ?? '', /^bad\.yaml:3:43 rules\[0\]\.policies\[0\]\.expression: /);
  assert.equal(lines[2], 'bad.yaml:3:80 rules[0].destinations[0]: no such destination (did you mean "out"?)');
  assert.equal(lines[3], '3 problems');
});

test('warnings do not make it fail', async (t) => {
  const text = `${good}server: {listen: "127.0.0.1:9443"}\n`;
  const { code, stdout, stderr } = await standingHerald(folder(t, { 'c.yaml': text }), ['check', '-c', 'c.yaml']);
  assert.equal(code, 0);
  assert.match(stdout, /^c\.yaml: ok/);
  assert.match(stderr, /^c\.yaml:4:18 server\.listen: warning: authentik itself uses port 9443/);
});

test('the result as JSON, for other programs', async (t) => {
  const cwd = folder(t, { 'good.yaml': good, 'bad.yaml': bad });
  const fine = await standingHerald(cwd, ['check', '-c', 'good.yaml', '--format', 'json']);
  assert.deepEqual([fine.code, JSON.parse(fine.stdout)], [0, { ok: true, problems: [], warnings: [] }]);
  const wrong = await standingHerald(cwd, ['check', '-c', 'bad.yaml', '--format', 'json']);
  const result: { ok: boolean; problems: object[] } = JSON.parse(wrong.stdout);
  assert.deepEqual([wrong.code, result.ok, result.problems.length], [78, false, 3]);
  assert.deepEqual(result.problems[0], {
    file: 'bad.yaml',
    line: 1,
    column: 18,
    path: 'sources[0].type',
    message: 'unknown type (did you mean "stdin"?)',
  });
});

test('the file comes from -c, else from HERALD_CONFIG, else it is config.yaml', async (t) => {
  const cwd = folder(t, { 'a.yaml': good, 'b.yaml': good });
  assert.match((await standingHerald(cwd, ['check'], { HERALD_CONFIG: 'a.yaml' })).stdout, /^a\.yaml: ok/);
  assert.match(
    (await standingHerald(cwd, ['check', '-c', 'b.yaml'], { HERALD_CONFIG: 'a.yaml' })).stdout,
    /^b\.yaml: ok/,
  );
  const missing = await standingHerald(cwd, ['check']);
  assert.equal(missing.code, 78);
  assert.match(missing.stderr, /^config\.yaml:1:1 the file cannot be read: there is no such file \("herald example/);
});

test('the environment and files are read, and their secrets are not shown', async (t) => {
  const text = `sources: [{type: stdin}]
rules: [{name: a, policies: [{action: login}], destinations: [hook]}]
destinations:
  hook: {type: webhook, url: "\${env:HOOK}", signing_secret: "\${file:secret}", body: "\${ event. }"}
`;
  const cwd = folder(t, { 'config.yaml': text, secret: 'whsec_c3dvcmRmaXNoLXN3b3JkZmlzaC1zd29yZGZpc2g=\n' });
  const env = { HOOK: 'https://hook.example.com/T0K3N' };
  const wrong = await standingHerald(cwd, ['check'], env);
  assert.equal(wrong.code, 78);
  assert.match(wrong.stderr, /^config\.yaml:4:85 destinations\.hook\.body/);
  assert.doesNotMatch(wrong.stderr, /T0K3N|c3dvcmRm/);
  const unset = await standingHerald(cwd, ['check']);
  assert.match(unset.stderr, /config\.yaml:4:31 destinations\.hook\.url: \$\{env:HOOK\} is not set/);
});

test('a file that cannot be a configuration is refused', async (t) => {
  const cwd = folder(t, { big: '#'.repeat(1024 * 1024 + 1) });
  writeFileSync(join(cwd, 'bytes'), Buffer.from([0x61, 0xff, 0xfe]));
  const said = async (file: string): Promise<string> => (await standingHerald(cwd, ['check', '-c', file])).stderr;
  assert.match(await said('bytes'), /^bytes:1:1 the file cannot be read: it is no UTF-8 text/);
  assert.match(await said('big'), /^big:1:1 the file is larger than 1 MiB\n/);
  assert.match(await said('.'), /^\.:1:1 the file cannot be read: it is a folder/);
});

test('wrong usage: exit code 64; help and version: 0', (t) => {
  const cwd = folder(t);
  for (const args of [['nope'], ['check', '--format', 'xml'], []]) {
    const { code, stdout, stderr } = herald(cwd, args);
    assert.equal(code, 64, args.join(' '));
    assert.equal(stdout, '');
    assert.notEqual(stderr, '');
  }
  assert.match(herald(cwd, ['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
  const help = herald(cwd, ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /check/);
  assert.equal(herald(cwd, ['check', '--help']).code, 0);
});
