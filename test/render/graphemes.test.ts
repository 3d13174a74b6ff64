import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { graphemeEnd } from '../../src/core/grapheme.ts';
import { cut } from '../../src/render/cut.ts';
import { formatText } from '../../src/render/formats/format.ts';
import { shortenBy, shortenedMark } from '../../src/render/formats/shorten.ts';
import { syslogHeader } from '../../src/render/formats/syslog.ts';
import { countTops, topValues } from '../../src/rules/over-time/tops.ts';
import { formatInput } from '../support/format-inputs.ts';
import { parseCef, parseLeef } from '../support/text-formats.ts';
import { event } from './events.ts';

// What a reader sees as one character is shown whole or not at all, wherever a length is cut.

const characters = ['a', '王', '🔑', 'e\u0301', '🇩🇪', '👩‍💻', '👨‍👩‍👧‍👦', '👍🏽', '\u1112\u1161\u11ab', 'क्षि'];
const long = (unitsMin: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...characters), { minLength: 5, maxLength: 40 })
    .map((some) => some.join('').repeat(Math.ceil(unitsMin / some.length)));
const runs = { numRuns: 100, seed: 20261122 };
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Whether it is the text up to a place where a character of it ends. */
function isStart(shown: string, text: string): boolean {
  const ends = (one: Intl.SegmentData): boolean => one.index + one.segment.length === shown.length;
  return text.startsWith(shown) && [...segmenter.segment(text)].some(ends);
}

function assertWhole(shown: string | undefined, text: string, mark = '…'): void {
  assert.ok(shown?.endsWith(mark) === true && shown.length > mark.length, shown);
  assert.ok(isStart(shown.slice(0, -mark.length), text), `torn: ${shown.slice(-20)}`);
}

test('in a text of any length the place is the one that a look at the whole text finds', () => {
  fc.assert(
    fc.property(long(50), fc.nat(), (text, any) => {
      const max = any % text.length;
      const whole = [...segmenter.segment(text)].map(({ index }) => index).findLast((index) => index <= max);
      assert.equal(graphemeEnd(text, max), whole);
    }),
    { ...runs, numRuns: 1000 },
  );
});

test('in a row of flags of any length none is torn', () => {
  const row = '🇩🇪'.repeat(500);
  for (const before of ['', 'a'])
    for (const max of [700, 701, 702, 703]) {
      const end = graphemeEnd(before + row, max);
      assert.equal((end - before.length) % 4, 0, `${end}`);
      assert.ok(end > max - 4);
    }
});

test('what is cut for people', () => {
  fc.assert(
    fc.property(long(100), fc.integer({ min: 20, max: 90 }), (text, max) => assertWhole(cut(text, max), text)),
    runs,
  );
});

test('what is shortened to a limit of bytes', () => {
  const bytes = (object: object): number => Buffer.byteLength(JSON.stringify(object));
  fc.assert(
    fc.property(long(1000), fc.integer({ min: 300, max: 900 }), (text, bytesMax) => {
      assertWhole(shortenBy({ text }, bytesMax, bytes)?.text, text, shortenedMark);
    }),
    runs,
  );
});

test('what rules over time remember of long values', () => {
  fc.assert(
    // Composed characters are counted, of which there are a third as many here.
    fc.property(long(1000), (username) => {
      const values = topValues(event({ user: { username, pk: 1 } }), new Set(['action', 'client_ip']));
      const [, remembered] = countTops([], values);
      assertWhole(String(remembered), username.normalize());
      assert.ok(String(remembered).length > 200);
    }),
    runs,
  );
});

describe('values of text formats', () => {
  test('cef', () => {
    fc.assert(
      fc.property(long(1500), (user_agent) => {
        const { fields } = parseCef(
          formatText('cef', formatInput(event({ context: { http_request: { user_agent } } }))),
        );
        assertWhole(fields.get('requestClientApplication'), user_agent);
      }),
      runs,
    );
  });

  test('leef', () => {
    fc.assert(
      fc.property(long(500), (username) => {
        const { fields } = parseLeef(formatText('leef', formatInput(event({ user: { username, pk: 1 } }))));
        assertWhole(fields.get('usrName'), username);
      }),
      runs,
    );
  });

  test('structured data of syslog', () => {
    const options = { facility: 'auth', appName: 'herald', hostname: undefined, structuredData: true } as const;
    fc.assert(
      fc.property(long(500), (username) => {
        const header = syslogHeader(formatInput(event({ user: { username, pk: 1 } })), options);
        assertWhole(/ user="([^"]*)"/.exec(header)?.[1], username);
      }),
      runs,
    );
  });
});
