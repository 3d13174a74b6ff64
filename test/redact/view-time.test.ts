import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeEvent } from '../support/events.ts';
import { growthOf, type Growth, type Work } from './growth.ts';
import { byA, viewOf } from './views.ts';

const everything = viewOf();

/** The kernel counts the time of a thread in ticks of several milliseconds, and the collector has its turns. */
const noiseMs = 30;

test('time grows with the text', () => {
  const work = (repeats: number, runs: number): Work => {
    const message = 'a@b.1.2.3.4::x%41\\u0041&amp;username='.repeat(repeats);
    const event = safeEvent({ user: { username: 'ada' }, context: { message } });
    return { run: () => void everything.apply(event), runs };
  };
  // Eight times the text, of which the square would be 64.
  const isLinear = ({ smallMs, largeMs }: Growth): boolean => largeMs < 24 * smallMs;
  const growth = growthOf(work(2000, 8), work(16_000, 1), isLinear);
  assert.ok(isLinear(growth), JSON.stringify(growth));
});

test('time does not grow with the names that a request makes up times the text that it sends with them', () => {
  const texts: readonly (readonly [string, (length: number) => string, (length: number) => string])[] = [
    ['one word', (length) => 'a'.repeat(length), (length) => 'a'.repeat(length)],
    ['many words', (length) => 'a+'.repeat(length / 2), (length) => 'a '.repeat(length / 2)],
    ['the end differs', (length) => `${'ab'.repeat(length / 2)}c`, (length) => 'ab'.repeat(length / 2)],
    ['the beginning differs', (length) => `b${'a'.repeat(length)}`, (length) => 'a'.repeat(length)],
    ['no words', (length) => '-.'.repeat(length / 2), (length) => '-.'.repeat(length / 2)],
  ];
  for (const [what, hintOf, textOf] of texts) {
    const work = (scale: number, runs: number): Work => {
      const hints = Array.from({ length: 25 * scale }, (_, at) => `login_hint=${hintOf(40 * scale + 2 * at)}`);
      const args = { q: hints.join('&') };
      const event = safeEvent({ context: { http_request: { args, user_agent: textOf(8000 * scale) } } });
      return { run: () => void viewOf().apply(event), runs };
    };
    // The query grows with the square of the scale; the comparisons that are given up would grow with its fourth power.
    const isBounded = ({ smallMs, largeMs }: Growth): boolean => largeMs < 40 * smallMs + noiseMs;
    const growth = growthOf(work(1, 16), work(4, 1), isBounded);
    assert.ok(isBounded(growth), `${what}: ${JSON.stringify(growth)}`);
  }
});

test('names that cannot be looked for everywhere in bounded time hide the rest of the texts', () => {
  const users = Array.from({ length: 1200 }, (_, at) => ({ username: `someone-${at}` }));
  const found = safeEvent({ context: { users, message: `someone-7 ${'x '.repeat(100_000)}` } });
  assert.equal(everything.apply(found).message?.slice(0, 27), `${byA.of('person', 'someone-7')} `);
  const crowd = safeEvent({ context: { users, message: 'someone-x '.repeat(20_000) } });
  assert.equal(everything.apply(crowd).message, '[hidden]');
});
