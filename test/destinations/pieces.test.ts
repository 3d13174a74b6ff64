import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Delivery } from '../../src/core/delivery.ts';
import type { SafeEvent } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { eventPieces, eventText } from '../../src/destinations/format.ts';
import { viewed } from '../../src/destinations/viewed.ts';
import type { Leased } from '../../src/journal/journal.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { formatJson, formats, jsonFormats } from '../../src/render/formats/format.ts';
import { jsonText, repairJson } from '../../src/render/formats/json-text.ts';
import { shorten } from '../../src/render/formats/shorten.ts';
import { batch, encryption, open, t0, tempFolder } from '../journal/harness.ts';
import { allow } from '../redact/views.ts';
import { corpusEvents, safeEvent } from '../support/events.ts';
import { leased } from '../support/leased.ts';

const self = { instance: 'herald-0', authentikUrl: 'https://auth.example.com' };

/** A delivery as the journal gives it, and the same one with nothing but its event. */
function pair(event: SafeEvent): readonly [stored: Delivery, plain: Delivery] {
  const json = repairJson(JSON.stringify(event));
  const { key, rule, severity, attempts } = leased(1);
  const plain = { key, rule, severity, attempts, event: fromStored(json) };
  return [{ ...plain, json, bytes: Buffer.from(json) }, plain];
}

/** In every format: text is text however it is asked for, and JSON is the document byte for byte. */
function assertSame(stored: Delivery, plain: Delivery): void {
  for (const format of formats) {
    const text = eventText(format, plain, self);
    assert.equal(eventText(format, stored, self), text, format);
    for (const one of [stored, plain]) {
      assert.equal(Buffer.concat(eventPieces(format, one, self).map((piece) => Buffer.from(piece))).toString(), text);
    }
  }
  const { event, key, rule, severity } = plain;
  for (const format of jsonFormats) {
    assert.equal(
      eventText(format, stored, self),
      jsonText(formatJson(format, { ...self, event, key, rule, severity })),
    );
  }
}

test('every event of the corpus, whole and shortened, is the same in pieces and in one', () => {
  for (const event of corpusEvents()) {
    assertSame(...pair(event));
    const short = shorten(JSON.parse(JSON.stringify(event)), 1500);
    if (short !== undefined) assertSame(...pair(fromStored(JSON.stringify(short))));
  }
});

const keys = ['context', 'origin', 'message', 'reason', 'username', '__proto__', '7', '\ud800', '', '"},"x":{"'];
const texts = [...keys, ',"message":"', '\\', '"', '\\"', '“é🔑”', '\udc00', '\n', '\u2028', 'x'.repeat(500)];
const object = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(...texts),
    fc.constantFrom<unknown>(0, -0, 1e21, 0.1, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
})).object;

test('whatever keys and texts an event has, it is the same in pieces and in one', () => {
  fc.assert(
    fc.property(
      object,
      fc.constantFrom(...texts),
      fc.constantFrom('login', 'login_failed', 'x'),
      (context, username, action) => {
        assertSame(...pair(safeEvent({ action, context, user: { username } })));
      },
    ),
    { seed: 20_260_115, numRuns: 500 },
  );
});

/** What a journal gives out for these events. */
function journaled(events: readonly SafeEvent[], options: object): readonly Leased[] {
  const journal = open(tempFolder(), options);
  const deliveries = [{ rule: 'all', severity: 'notice' as const, destination: 'siem' }];
  journal.append(batch(events.map((event) => ({ event, deliveries }))), t0);
  return journal.lease('siem', { items: 5000, bytes: 1e9 }, t0);
}

for (const [name, options] of [
  ['plain', {}],
  ['encrypted', encryption()],
] as const) {
  test(`a journal (${name}) gives text and event of every delivery, in any order of asking`, () => {
    const events = corpusEvents();
    const given = journaled(events, options);
    assert.equal(given.length, events.length);
    for (const [at, item] of given.entries()) {
      const expected = repairJson(JSON.stringify(events[at]));
      const other = (at * 7) % given.length;
      assert.equal(given[other]?.event.id, events[other]?.id);
      assert.equal(item.json, expected);
      assert.deepEqual(item.event, fromStored(expected));
      assert.equal(given[other]?.json, repairJson(JSON.stringify(events[other])));
      assert.equal(item.bytes?.toString(), expected);
    }
  });
}

test('what a view hides is not sent as it is stored', async () => {
  const [stored] = pair(safeEvent({ context: { username: 'ada.lovelace' }, user: { username: 'ada.lovelace' } }));
  assert.match(eventText('herald', stored, self), /lovelace/);
  const seen: string[] = [];
  const destination = viewed(
    {
      send: (batch) => {
        for (const delivery of batch) for (const format of formats) seen.push(eventText(format, delivery, self));
        return Promise.resolve({ status: 'delivered' });
      },
      close: () => Promise.resolve(),
    },
    { name: 'whole', mail: 'whole', address: 'whole', values: [], select: allow('action'), addressKind: 'address' },
    undefined,
  );
  await destination.send([stored], new AbortController().signal);
  assert.equal(seen.length, formats.length);
  assert.doesNotMatch(seen.join('\n'), /lovelace/);
});
