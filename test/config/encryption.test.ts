import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { kinds, surroundings } from './kinds.ts';
import { problemsOf, source } from './problems.ts';

const bytes = (n: number): Buffer => createHash('sha256').update(`${n}`).digest();
const journal = (encryption: string): string => `${source}journal: {encryption: ${encryption}}\n`;

test('keys are read from files, the newest and those before it, and are shown nowhere', () => {
  const files = { '/key': `${bytes(1).toString('base64')}\n`, '/old': bytes(2).toString('hex') };
  const text = journal('{key: "${file:/key}", previous: ["${file:/old}"]}');
  const { encryption } = loadConfig(text, 'c.yaml', surroundings({}, files), kinds).journal;
  assert.deepEqual(encryption?.key?.export(), bytes(1));
  assert.deepEqual(
    encryption?.previous.map((key) => key.export()),
    [bytes(2)],
  );
  assert.doesNotMatch(JSON.stringify(encryption), new RegExp(bytes(1).toString('base64').slice(0, 8)));
});

test('without the section nothing is encrypted', () => {
  assert.equal('encryption' in loadConfig(source, 'c.yaml', surroundings(), kinds).journal, false);
});

test('every mistake in a key is told with its place, without the key', () => {
  const [a, b] = [bytes(1).toString('base64'), bytes(2).toString('hex')];
  for (const [encryption, expected] of [
    [`{key: ${a}, previous: [${b}]}`, []],
    [`{previous: [${b}]}`, []],
    [
      '{}',
      [
        'c.yaml:2:23 journal.encryption: needs a "key"; to bring an encrypted journal back to plain text, its key in "previous"',
      ],
    ],
    [
      `{key: ${a}, previous: [${bytes(1).toString('hex')}]}`,
      ['c.yaml:2:86 journal.encryption.previous[0]: this key is here twice: keep one'],
    ],
    [
      `{key: swordfish, previous: [${'ab'.repeat(32)}]}`,
      [
        'c.yaml:2:29 journal.encryption.key: must be 32 random bytes, as 64 hexadecimal digits or 44 characters of base64 (it has 9 characters): make one with "openssl rand -base64 32"',
        'c.yaml:2:51 journal.encryption.previous[0]: is no random key: make one with "openssl rand -base64 32"',
      ],
    ],
    ['{key: 17}', ['c.yaml:2:29 journal.encryption.key: expected a text, found a number: put it in quotes']],
    [`{key: ${a}, previos: []}`, ['c.yaml:2:75 journal.encryption.previos: unknown key (did you mean "previous"?)']],
  ] as const) {
    assert.deepEqual(problemsOf(journal(encryption)), expected, encryption);
  }
});
