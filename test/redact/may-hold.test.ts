import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenOpenings, tokenStart } from '../../src/redact/api-keys.ts';
import { cardStart } from '../../src/redact/cards.ts';
import { mayHold } from '../../src/redact/may-hold.ts';
import { hashOpenings, hashStart } from '../../src/redact/password-hash.ts';
import { digitsStart, wordOpenings, wordStart } from '../../src/redact/tokens.ts';

/** The same by the patterns alone, from a text's length on that each of them needs. */
function mayHoldByPatterns(text: string): boolean {
  if (/[=:%\\&>["'\uff01-\uff5e]/.test(text)) return true;
  if (text.length < 8 || ((text.length === 32 || text.length === 36) && /^[0-9a-f-]+$/.test(text))) return false;
  if (wordStart.test(text) || hashStart.test(text) || digitsStart.test(text)) return true;
  return (text.length >= 14 && cardStart.test(text)) || (text.length >= 16 && tokenStart.test(text));
}

test('nothing that a pattern would find is passed over, whatever stands around it', () => {
  const opening = fc.constantFrom(
    ...[
      ...wordOpenings,
      ...hashOpenings,
      ...tokenOpenings,
      '7Q~',
      '4111 1111',
      '123456',
      'hooks',
      'Bearer ',
      'triggers/T',
    ],
    ...[
      'x'.repeat(60),
      'aB3'.repeat(20),
      '0123abcd-'.repeat(4),
      '0a1b2c3d'.repeat(4),
      'é',
      '\u{1F511}',
      '\ud800',
      'Ō123',
      'ı',
      'pbkdf2_sha256$',
      'bcrypt$',
      '＝',
    ],
  );
  const other = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.stringMatching(/^[A-Za-z0-9 ./-]{0,30}$/),
  );
  const cased = fc.tuple(opening, fc.boolean()).map(([text, upper]) => (upper ? text.toUpperCase() : text));
  const text = fc.array(fc.oneof(cased, other), { maxLength: 5 }).map((parts) => parts.join(''));
  const found = { true: 0, false: 0 };
  fc.assert(
    fc.property(text, (value) => {
      const expected = mayHoldByPatterns(value);
      found[`${expected}`] += 1;
      assert.equal(mayHold(value), expected, JSON.stringify(value));
    }),
    { seed: 3, numRuns: 20_000 },
  );
  assert.ok(found.true > 1000 && found.false > 1000, JSON.stringify(found));
});

test('every opening is found at the beginning, in the middle and at the end', () => {
  const long = 'z'.repeat(20);
  for (const [openings, pattern] of [
    [wordOpenings, wordStart],
    [tokenOpenings, tokenStart],
  ] as const) {
    for (const opening of openings) {
      for (const text of [opening + long, `${long} ${opening} ${long}`, long + opening]) {
        assert.equal(mayHold(text), mayHoldByPatterns(text), text);
        if (openings === tokenOpenings) assert.ok(pattern.test(text) && mayHold(text), text);
      }
    }
  }
});
