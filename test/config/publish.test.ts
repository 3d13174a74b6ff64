import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/publish.ts';
import { kinds } from './kinds.ts';

/** An independent reading of the published schema, as an editor does it: draft 7, unknown words ignored. */
const accepts = new Ajv({ strict: false, allErrors: true }).compile(configSchema(kinds));

const good = `
instance: \${env:POD}
sources: [{type: tail, paths: [a], max_line: 4096}, {type: pipe, name: b}]
journal: {retention: days=1, max_size: 1GiB}
rules: [{name: a, severity: "\${env:SEVERITY}", policies: [{action: [a, b]}], destinations: [h]}]
destinations:
  h: {type: hook, url: "\${file:/url}", level: "\${env:LEVEL}", gzip: true, body: {a: 1}, headers: {a: "\${env:A}"}, retry: {base: 2s}}
  m: {type: mail, host: h, to: [a@b], tls: {mode: implicit, ca: x}}
  n: {type: mail, host: h, to: a@b, tls: starttls}
server: {listen: ":9380", token: "\${env:TOKEN}"}
log: {level: debug}
`;

test('an editor finds nothing wrong with a good configuration, references included', () => {
  assert.equal(accepts(parse(good)), true, JSON.stringify(accepts.errors, null, 1));
});

const wrong: readonly (readonly [name: string, from: string, to: string])[] = [
  ['an unknown section', 'log:', 'logs:'],
  ['an unknown key', 'max_line', 'max_lines'],
  ['an unknown type', 'type: pipe', 'type: pip'],
  ['no type', '{type: pipe, name: b}', '{name: b}'],
  ['a missing key', 'host: h, to: [a@b]', 'to: [a@b]'],
  ['a wrong enum', 'level: debug', 'level: loud'],
  ['a wrong type', 'gzip: true', 'gzip: 1'],
  ['a text that is no reference for a number', '"${env:LEVEL}"', 'high'],
  ['a wrong duration', 'base: 2s', 'base: 2 sec'],
  ['a wrong size', '1GiB', '1 gig'],
  ['a wrong URL', '"${file:/url}"', 'siem.example.com'],
  ['a wrong mode', 'mode: implicit', 'mode: ssl'],
];

for (const [name, from, to] of wrong) {
  test(`an editor marks ${name}`, () => {
    assert.ok(good.includes(from));
    assert.equal(accepts(parse(good.replace(from, to))), false);
  });
}
