import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { kinds, surroundings } from './kinds.ts';

const good = `
instance: \${env:POD}
authentik_url: https://auth.example.com/
sources:
  - type: tail
    paths: [/var/log/*.log, "\${env:DIR}/b.log"]
    max_line: 65536
  - {type: pipe, name: second}
redact: {keys: [employee]}
journal: {path: /var/lib/herald, retention: 36h, max_size: 1GiB, when_full: drop_oldest}
rules:
  - name: failed logins
    severity: warning
    policies: [{action: login_failed}]
    destinations: [siem, mail]
destinations:
  siem:
    type: hook
    url: https://\${env:USER}:\${file:/run/secret}@siem.example.com/
    level: \${env:LEVEL}
    gzip: \${env:GZIP}
    body: {who: "\${event.user.username}", literal: "$\${env:NOT}", list: [1, true, null]}
    headers: {X-Token: "Bearer \${file:/run/secret}"}
    every: days=1;hours=2
    timeout: 3s
    retry: {base: 2s, max: 1m, max_age: 12h}
    batch: {items: 50, bytes: 64KiB, wait: 250ms}
    tls: {ca: /ca.pem, cert: "\${file:/cert.pem}", key: /key.pem}
    proxy: http://proxy:3128
  mail: {type: mail, host: localhost, to: ada@example.com, tls: {mode: implicit, ca: /ca.pem}, password: hunter22}
server: {listen: "0.0.0.0:9380", token: "\${file:/run/secret}"}
log: {level: debug}
`;

const world = surroundings(
  { POD: 'pod-1', DIR: '/logs', USER: 'u', LEVEL: '9', GZIP: 'true' },
  {
    '/run/secret': 'swordfish\n',
    '/ca.pem': '-----BEGIN CERTIFICATE-----\nca\n',
    '/cert.pem': '-----BEGIN CERTIFICATE-----\ncert\n',
    '/key.pem': '-----BEGIN PRIVATE KEY-----\nkey\n',
  },
);

test('a whole configuration is loaded with its types', () => {
  const config = loadConfig(good, 'c.yaml', world, kinds);
  assert.equal(config.instance, 'pod-1');
  assert.equal(config.authentikUrl, 'https://auth.example.com');
  assert.deepEqual(
    config.sources.map(({ name, kind, options }) => ({ name, type: kind.type, options })),
    [
      {
        name: 'tail',
        type: 'tail',
        options: { paths: ['/var/log/*.log', '/logs/b.log'], start_at: 'end', max_line: 65_536 },
      },
      { name: 'second', type: 'pipe', options: {} },
    ],
  );
  assert.deepEqual(config.redact.keys, ['employee']);
  assert.deepEqual(config.journal, {
    path: '/var/lib/herald',
    retentionMs: 36 * 3_600_000,
    maxBytes: 1024 ** 3,
    whenFull: 'drop_oldest',
  });
  assert.equal(config.rules[0]?.name, 'failed logins');
  assert.equal(config.rules[0].mode, 'any');
  assert.equal(config.server?.host, '0.0.0.0');
  assert.equal(config.server.token?.reveal(), 'swordfish');
  assert.deepEqual(config.log, { level: 'debug' });
  assert.deepEqual(config.warnings, []);
});

test('a destination gets its own options, the common ones and the policy apart', () => {
  const siem = loadConfig(good, 'c.yaml', world, kinds).destinations.get('siem');
  assert.ok(siem !== undefined);
  const options = plain(siem.options);
  assert.deepEqual(options, {
    url: '***',
    gzip: true,
    level: 9,
    body: { who: '${event.user.username}', literal: '${env:NOT}', list: [1, true, null] },
    headers: { 'X-Token': 'Bearer swordfish' },
    every: 26 * 3_600_000,
  });
  assert.ok(isRevealing(siem.options));
  assert.equal(siem.options.url.reveal(), 'https://u:swordfish@siem.example.com/');
  assert.equal(siem.common.timeoutMs, 3000);
  assert.equal(siem.common.proxy, 'http://proxy:3128');
  assert.equal(siem.common.tls.ca, '-----BEGIN CERTIFICATE-----\nca\n');
  assert.equal(siem.common.tls.cert, '-----BEGIN CERTIFICATE-----\ncert');
  assert.equal(siem.common.tls.key?.reveal(), '-----BEGIN PRIVATE KEY-----\nkey\n');
  assert.deepEqual(siem.retry, { baseMs: 2000, maxMs: 60_000 });
  assert.deepEqual(siem.policy, { items: 50, bytes: 65_536, waitMs: 250, maxAgeMs: 43_200_000, digest: 1 });
});

test('a kind with a tls mode of its own takes it alone or beside the common options', () => {
  const mailOf = (tls: string) => {
    const text = `sources: [{type: pipe}]\ndestinations:\n  m: {type: mail, host: h, to: [a@b]${tls}}\n`;
    const mail = loadConfig(text, 'c.yaml', world, kinds).destinations.get('m');
    return { own: plain(mail?.options)['tls'], common: mail?.common.tls };
  };
  const ca = '-----BEGIN CERTIFICATE-----\nca\n';
  assert.deepEqual(mailOf(''), { own: 'starttls', common: {} });
  assert.deepEqual(mailOf(', tls: none'), { own: 'none', common: {} });
  assert.deepEqual(mailOf(', tls: {mode: implicit, ca: /ca.pem}'), { own: 'implicit', common: { ca } });
  assert.deepEqual(mailOf(', tls: {ca: /ca.pem}'), { own: 'starttls', common: { ca } });
});

test('the smallest configuration has all defaults', () => {
  const config = loadConfig('sources: [{type: pipe}]', 'c.yaml', surroundings(), kinds);
  assert.equal(config.instance, 'node-7');
  assert.equal(config.authentikUrl, undefined);
  assert.deepEqual(config.journal, {
    path: './herald-data',
    retentionMs: 86_400_000,
    maxBytes: 256 * 1024 ** 2,
    whenFull: 'block',
  });
  assert.deepEqual(config.server, { host: '127.0.0.1', port: 9380, token: undefined });
  assert.deepEqual(config.log, { level: 'info' });
  assert.equal(config.redact.email_bodies, 'drop');
  assert.deepEqual(
    config.warnings.map(({ path, message }) => `${path}: ${message}`),
    ['rules: no rules, so nothing is ever sent'],
  );
});

test('anchors and aliases stand for values', () => {
  const text = `
sources: [{type: pipe}]
destinations:
  a: {type: hook, url: https://a, retry: &r {base: 3s}}
  b: {type: hook, url: https://b, retry: *r}
`;
  const { destinations } = loadConfig(text, 'c.yaml', surroundings(), kinds);
  assert.equal(destinations.get('b')?.retry.baseMs, 3000);
});

test('an anchor that is given twice means the nearest one above', () => {
  // An alias may stand for a mapping with anchors inside, which must not be taken for newer ones.
  const text = `
sources: [{type: pipe}]
destinations:
  a: {type: hook, url: https://a, body: &outer {x: &n 1}}
  b: {type: hook, url: https://b, body: &n 2}
  c: {type: hook, url: https://c, body: *outer}
  d: {type: hook, url: https://d, body: *n}
`;
  const { destinations } = loadConfig(text, 'c.yaml', surroundings(), kinds);
  assert.equal(plain(destinations.get('d')?.options)['body'], 2);
});

test('the server can be switched off', () => {
  const { server } = loadConfig('sources: [{type: pipe}]\nserver: {listen: off}', 'c.yaml', surroundings(), kinds);
  assert.equal(server, undefined);
});

test('keys that JavaScript knows are data like any other', () => {
  const text = `
sources: [{type: pipe}]
destinations:
  constructor: {type: hook, url: https://a, headers: {__proto__: p, constructor: c}, body: {__proto__: {x: 1}}}
  __proto__: {type: print}
`;
  const config = loadConfig(text, 'c.yaml', surroundings(), kinds);
  assert.deepEqual([...config.destinations.keys()], ['constructor', '__proto__']);
  const options = plain(config.destinations.get('constructor')?.options);
  assert.equal(JSON.stringify(options['headers']), '{"__proto__":"p","constructor":"c"}');
  assert.equal(JSON.stringify(options['body']), '{"__proto__":{"x":1}}');
  assert.equal(Object.hasOwn(Object.prototype, 'x'), false);
});

/** As JSON, where a secret shows itself as `***`. */
function plain(value: unknown): { readonly [key: string]: unknown } {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  assert.ok(isRecord(copy));
  return copy;
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

function isRevealing(value: unknown): value is { readonly url: { reveal(): string } } {
  return isRecord(value) && isRecord(value['url']) && 'reveal' in value['url'];
}
