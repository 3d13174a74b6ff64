import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kinds as allKinds } from '../../src/build.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { DestinationConfig } from '../../src/config/config.ts';
import { formatProblem } from '../../src/core/errors.ts';
import { kinds, surroundings } from './kinds.ts';
import { problemsOf, source, testProblems } from './problems.ts';

const key = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const other = '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8';
const redact = `redact: {pseudonymize: {fields: [user.username, user.email, client_ip], key: ${key}}}\n`;
const head = `${source}${redact}`;
const print = (fields: string): string => `destinations:\n  d: {type: print, fields: ${fields}}\n`;

testProblems([
  ['a view', head + print('{allow: [user, http.path, context.reason], truncate: [client_ip]}'), []],
  ['a list for an allow-list', head + print('[user.username, client_ip]'), []],
  ['everything', head + print('all'), []],
  [
    'fields that there are none of',
    head + print('{allow: [user.name, clientip, http.path, contxt.reason]}'),
    [
      'c.yaml:4:37 destinations.d.fields.allow[0]: no field of an event (did you mean "user.username"?)',
      'c.yaml:4:48 destinations.d.fields.allow[1]: no field of an event (did you mean "client_ip"?)',
      'c.yaml:4:69 destinations.d.fields.allow[3]: no field of an event (did you mean "context.reason"?)',
    ],
  ],
  [
    'fields as expressions write them, and those that are always there',
    head + print('{deny: [event.client_ip, action, user.on_behalf_of.email, "a..b"]}'),
    [
      'c.yaml:4:36 destinations.d.fields.deny[0]: write it without "event.": client_ip',
      'c.yaml:4:53 destinations.d.fields.deny[1]: always shown, because nothing can be told without it: remove it',
      "c.yaml:4:61 destinations.d.fields.deny[2]: people are alike: write user.email, which means everybody's",
      'c.yaml:4:86 destinations.d.fields.deny[3]: not a field: write it as user.email or context.reason',
    ],
  ],
  [
    'an allow-list beside a deny-list',
    head + print('{allow: [user], deny: [context]}'),
    [
      'c.yaml:4:44 destinations.d.fields.deny: stands beside "allow", which says already what is shown: keep one of the two',
    ],
  ],
  [
    'pseudonyms without a key',
    source + print('{pseudonymize: [user.username]}'),
    ['c.yaml:3:29 destinations.d.fields.pseudonymize: needs a key: set redact.pseudonymize.key'],
  ],
  [
    'contradictions',
    head +
      print('{deny: [user.email], pseudonymize: [user.email, client_ip, user.pk], truncate: [client_ip, user.email]}'),
    [
      'c.yaml:4:36 destinations.d.fields.deny[0]: is to be left out and to be changed: keep one of the two',
      'c.yaml:4:87 destinations.d.fields.pseudonymize[2]: has no pseudonyms: user.username, user.email, client_ip and what is below context have; leave it out with "deny"',
      'c.yaml:4:108 destinations.d.fields.truncate[0]: is in "pseudonymize" too: keep one of the two (redact.pseudonymize.addresses: network does both)',
      'c.yaml:4:119 destinations.d.fields.truncate[1]: only client_ip can be truncated',
    ],
  ],
  ['neither a view nor a word', head + print('none'), ['c.yaml:4:28 destinations.d.fields: not one of all']],
  [
    'a body that reads what the view does not show',
    `${head}destinations:\n  d:\n    type: hook\n    url: https://a.example/x\n    fields: {allow: [user.username]}\n    body: {who: "\${event.user.username}", where: "\${event.client_ip}", why: ["\${event.context.owner}"]}\n`,
    [
      'c.yaml:8:50 destinations.d.body.where: reads event.client_ip, which "fields" of this destination does not show: allow it',
      'c.yaml:8:78 destinations.d.body.why[0]: reads event.context.owner, which "fields" of this destination does not show: allow it',
    ],
  ],
  [
    'a body that asks first',
    `${head}destinations:\n  d: {type: hook, url: "https://a.example/x", fields: {deny: [client_ip]}, body: {where: "\${has(event.client_ip) ? event.client_ip : ''}"}}\n`,
    [],
  ],
  [
    'keys that are none',
    `${source}redact:\n  pseudonymize:\n    key: changeme\n    previous:\n      - {key: '${'0'.repeat(64)}'}\n      - {key: "with blanks"}\n      - {key: ${key}, until: tomorrow}\n      - {key: ${key.toUpperCase()}}\n`,
    [
      'c.yaml:4:10 redact.pseudonymize.key: a key of 6 bytes, at least 32 are needed: "openssl rand -hex 32" makes one',
      'c.yaml:6:15 redact.pseudonymize.previous[0].key: not random: "openssl rand -hex 32" makes one',
      'c.yaml:7:15 redact.pseudonymize.previous[1].key: neither hexadecimal digits nor Base64: "openssl rand -hex 32" makes one',
      'c.yaml:8:88 redact.pseudonymize.previous[2].until: not a time: write it as 2026-12-01T00:00:00Z',
      'c.yaml:9:15 redact.pseudonymize.previous[3].key: the same key (or one with the same four digits of id) as another here: make a new one',
    ],
  ],
  [
    'a key that is not there',
    `${source}redact: {pseudonymize: {key: "\${file:/nowhere}"}}\n${print('{pseudonymize: [user.email]}')}`,
    ['c.yaml:2:31 redact.pseudonymize.key: ${file:/nowhere} cannot be read: there is no such file'],
  ],
  [
    'a field of the default that there is none of',
    `${source}redact: {pseudonymize: {fields: [user.mail], key: ${key}}}\n`,
    ['c.yaml:2:34 redact.pseudonymize.fields[0]: no field of an event (did you mean "user.email"?)'],
  ],
]);

test('no problem quotes a key', () => {
  const text = `${source}redact: {pseudonymize: {fields: [x], key: sup3rs3cret, previous: [{key: "an0ther key!"}]}}\n`;
  const said = problemsOf(text).join('\n');
  assert.match(said, /a key of/);
  assert.doesNotMatch(said, /sup3rs3cret|an0ther/);
});

test('warns of pseudonyms for names but not for mail addresses', () => {
  const text = `${source}redact: {pseudonymize: {fields: [user.username], key: ${key}}}\n`;
  assert.deepEqual(loadConfig(text, 'c.yaml', surroundings(), kinds).warnings.map(formatProblem), [
    'c.yaml:1:1 rules: no rules, so nothing is ever sent',
    'c.yaml:2:33 redact.pseudonymize.fields: mail addresses name people too: add user.email, unless they are meant to be seen',
  ]);
});

/** The destination `d` of a file. */
function destination(text: string, files: { readonly [path: string]: string } = {}): DestinationConfig {
  const found = loadConfig(text, 'c.yaml', surroundings({}, files), kinds).destinations.get('d');
  assert.ok(found !== undefined);
  return found;
}

test('the default counts for a destination that says nothing, and for no other', () => {
  const plain = 'destinations: {d: {type: print}}\n';
  const { view } = destination(head + plain);
  assert.deepEqual(view?.options, {
    name: 'pseudonym',
    mail: 'pseudonym',
    address: 'pseudonym',
    values: [],
    select: undefined,
    addressKind: 'address',
  });
  assert.equal(destination(source + plain).view, undefined, 'no pseudonyms, no view');
  assert.equal(destination(head + print('all')).view, undefined);
  assert.equal(destination(`${source}redact: {pseudonymize: {key: ${key}}}\n${plain}`).view, undefined);
  const own = destination(
    head + print('{allow: [user.username, context.department], pseudonymize: [context.department]}'),
  ).view;
  assert.deepEqual(own?.options, {
    name: 'whole',
    mail: 'hidden',
    address: 'hidden',
    values: [['department']],
    select: {
      allow: [
        ['user', 'username'],
        ['context', 'department'],
        ['context', 'department'],
      ],
      deny: [],
      context: [],
    },
    addressKind: 'address',
  });
  const inherited = destination(head + print('{truncate: [client_ip]}')).view;
  assert.deepEqual([inherited?.options.name, inherited?.options.address], ['pseudonym', 'network']);
});

test('a destination is another one when its view or the keys of its pseudonyms change', () => {
  const text = (fields: string): string =>
    `${source}redact: {pseudonymize: {fields: [user.email], key: "\${file:/key}"}}\ndestinations: {d: {type: print${fields}}}\n`;
  const versionOf = (fields: string, secret: string): string =>
    destination(text(fields), { '/key': secret }).fingerprint;
  assert.equal(versionOf('', key), versionOf('', key));
  assert.notEqual(versionOf('', key), versionOf('', other));
  assert.notEqual(versionOf('', key), versionOf(', fields: {deny: [geo]}', key));
  assert.equal(
    versionOf(', fields: all', key),
    versionOf(', fields: all', other),
    'what has no pseudonyms is left alone',
  );
});

test('the worked example of docs/privacy.md is a configuration', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/privacy.md'), 'utf8');
  const [example = '', rotation = ''] = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const files = {
    '/run/secrets/herald/pseudonym-key': key,
    '/run/secrets/herald/pseudonym-key-2027': other,
    '/run/secrets/herald/slack-url': 'https://hooks.slack.com/services/T0/B0/x',
  };
  const around = surroundings({ SPLUNK_TOKEN: '11111111-2222-3333-4444-555555555555' }, files);
  const load = (text: string): ReturnType<typeof loadConfig> =>
    loadConfig(`sources: [{type: stdin}]\n${text}`, 'c.yaml', around, allKinds);
  const views = [...load(example).destinations.values()].map(({ view }) => view?.options.address);
  assert.deepEqual(views, [undefined, 'pseudonym', 'network']);
  assert.equal(load(example.replace(/ {4}key: .*\n/, rotation)).redact.pseudonymize?.previous.length, 1);
});
