import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeEvent } from '../support/events.ts';
import { byA, viewOf } from './views.ts';

const everything = viewOf();

test('time grows with the text', () => {
  const cost = (length: number): number => {
    const message = 'a@b.1.2.3.4::x%41\\u0041&amp;username='.repeat(length / 36);
    const event = safeEvent({ user: { username: 'ada' }, context: { message } });
    const start = process.cpuUsage();
    everything.apply(event);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  cost(36 * 1000);
  const [small, large] = [36 * 2000, 36 * 16_000].map((length) => Math.min(cost(length), cost(length), cost(length)));
  assert.ok(
    small !== undefined && large !== undefined && large < small * 24,
    `${small} ms, then ${large} ms for eight times the text`,
  );
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
    const cost = (scale: number): number => {
      const hints = Array.from({ length: 25 * scale }, (_, at) => `login_hint=${hintOf(40 * scale + 2 * at)}`);
      const args = { q: hints.join('&') };
      const event = safeEvent({ context: { http_request: { args, user_agent: textOf(8000 * scale) } } });
      const start = process.cpuUsage();
      viewOf().apply(event);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    cost(4);
    const [small, large] = [1, 4].map((scale) => Math.min(cost(scale), cost(scale), cost(scale)));
    assert.ok(small !== undefined && large !== undefined);
    // The query grows with the square of the scale; the comparisons that are given up would grow with its fourth power.
    assert.ok(large < 16 * small + 30, `${what}: ${small} ms, then ${large} ms`);
  }
});

test('names that cannot be looked for everywhere in bounded time hide the rest of the texts', () => {
  const users = Array.from({ length: 1200 }, (_, at) => ({ username: `someone-${at}` }));
  const found = safeEvent({ context: { users, message: `someone-7 ${'x '.repeat(100_000)}` } });
  assert.equal(everything.apply(found).message?.slice(0, 27), `${byA.of('person', 'someone-7')} `);
  const crowd = safeEvent({ context: { users, message: 'someone-x '.repeat(20_000) } });
  assert.equal(everything.apply(crowd).message, '[hidden]');
});
