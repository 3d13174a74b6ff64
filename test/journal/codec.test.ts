import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { Secret } from '../../src/core/secret.ts';
import { createCodec, formOf, plain, type Place } from '../../src/journal/codec.ts';
import { parseKey } from '../../src/journal/key.ts';
import { character } from '../support/character.ts';
import { keyOf } from './records.ts';

const options = { seed: 7, numRuns: 300 };
const kinds = ['event', 'detail', 'title', 'summary', 'rule_state', 'rule_log'] as const;
const places: fc.Arbitrary<Place> = fc.tuple(fc.constantFrom(...kinds), fc.nat(), fc.string({ unit: character }));
const texts = fc.string({ unit: 'grapheme', maxLength: 300 });

const codecOf = (key: number, ...previous: number[]) => createCodec({ key: keyOf(key), previous: previous.map(keyOf) });

describe('a record', () => {
  test('comes back as it was, for whoever has its key; two of the same text have nothing in common', () => {
    const [first, second, later] = [codecOf(1), codecOf(1), codecOf(2, 3, 1)];
    fc.assert(
      fc.property(places, texts, (place, text) => {
        const bytes = Buffer.from(text);
        const [a, b] = [first.seal(place, bytes), first.seal(place, bytes)];
        const both = [a, b, second.seal(place, bytes)];
        for (const codec of [first, second, later])
          for (const record of both) assert.deepEqual(codec.open(place, Buffer.from(record)), bytes);
        assert.equal(later.openText(place, first.sealText(place, text)), bytes.toString());
        // Behind the version, the key's id and the salt of the opening.
        assert.notDeepEqual(a.subarray(21), b.subarray(21));
        assert.equal(formOf(a), first.form);
        assert(bytes.length < 4 || !Buffer.from(a).includes(bytes));
      }),
      options,
    );
  });

  test('of another place is refused', () => {
    const codec = codecOf(1);
    fc.assert(
      fc.property(places, places, texts, (place, other, text) => {
        fc.pre(JSON.stringify(place) !== JSON.stringify(other));
        const record = Buffer.from(codec.seal(place, Buffer.from(text)));
        assert.throws(() => codec.open(other, record), { name: 'CorruptError', message: /changed on disk, or moved/ });
      }),
      options,
    );
  });

  test('with one bit changed is refused, whichever it is', () => {
    const codec = codecOf(1);
    const place: Place = ['event', 7, 'id'];
    const bytes = Buffer.from('{"user":"ann"}');
    const record = Buffer.from(codec.seal(place, bytes));
    for (let bit = 0; bit < record.length * 8; bit += 1) {
      const changed = Buffer.from(record);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // A changed version is no record; it is taken for plain text, which is then no JSON.
      if (bit < 8) assert.throws(() => JSON.parse(codec.open(place, changed).toString()), SyntaxError);
      else assert.throws(() => codec.open(place, changed), { name: 'CorruptError' }, `bit ${bit}`);
    }
    for (let length = 1; length < record.length; length += 1) {
      const cut = record.subarray(0, length);
      assert.throws(() => JSON.parse(codec.open(place, cut).toString()), `${length} bytes`);
    }
  });

  test('of another key is refused by the name of the key', () => {
    const record = Buffer.from(codecOf(1).seal(['event', 7, 'id'], Buffer.from('{}')));
    assert.throws(() => codecOf(2).open(['event', 7, 'id'], record), {
      name: 'CorruptError',
      message: `event 7 is encrypted with the key ${codecOf(1).form}, which is not configured`,
    });
  });
});

test('without a key everything is as it is; with previous keys only, it becomes so', () => {
  const bytes = Buffer.from('{"a":1}');
  for (const codec of [createCodec(undefined), createCodec({ key: undefined, previous: [keyOf(1)] })]) {
    assert.equal(codec.seal(['event', 1, ''], bytes), bytes);
    assert.equal(codec.sealText(['title', 1, ''], 'T'), 'T');
    assert.equal(codec.open(['event', 1, ''], bytes), bytes);
    assert.equal(codec.form, plain);
    assert.equal(codec.tokens('name')[0], 'name');
  }
});

test('a name is found under the newest key first, then as older keys and plain text called it', () => {
  const [old, both] = [codecOf(1), codecOf(2, 1)];
  const tokens = both.tokens('spray ann');
  assert.equal(tokens.length, 3);
  assert.deepEqual(tokens.slice(1), [old.tokens('spray ann')[0], 'spray ann']);
  assert.match(tokens[0], /^[0-9a-f]{32}$/);
});

describe('a key in the configuration', () => {
  const bytes = createHash('sha256').update('a key').digest();
  for (const text of [
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64').replace('=', ''),
    bytes.toString('base64url'),
    ` ${bytes.toString('base64')}\n`,
  ]) {
    test(`is read from ${JSON.stringify(text)}`, () => {
      const key = parseKey(new Secret(text));
      assert(typeof key !== 'string');
      assert.deepEqual(key.export(), bytes);
      // It never shows itself either.
      assert(!inspect(key, { depth: 9 }).includes(bytes.toString('hex')));
      assert.equal(JSON.stringify(key), '{}');
    });
  }
  for (const text of [
    'x',
    'correct horse battery staple',
    'ab'.repeat(31),
    bytes.toString('base64').slice(2),
    'Ab/+'.repeat(11),
    '0'.repeat(64),
  ]) {
    test(`is refused as ${text}`, () => {
      const problem = parseKey(new Secret(text));
      assert(typeof problem === 'string');
      assert.match(problem, /openssl rand -base64 32/);
      assert(!problem.includes(text.slice(0, 8)) || text === 'x');
    });
  }
});
