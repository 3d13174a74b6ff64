import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { EventFacts } from '../../src/core/event.ts';
import type { DestinationDeps } from '../../src/destinations/destination.ts';
import { eventText } from '../../src/destinations/format.ts';
import { stdout } from '../../src/destinations/stdout.ts';
import { event } from '../render/events.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';

const { signal } = new AbortController();

function delivery(facts: Partial<EventFacts> = {}): Delivery {
  const made = event(facts);
  return { key: `${made.id}.00000000`, event: made, rule: 'failed logins', severity: 'alert', attempts: 0 };
}

async function written(
  options: Written,
  batch: readonly Delivery[],
  more: Partial<DestinationDeps> = {},
): Promise<string> {
  let out = '';
  const take = (text: string): Promise<void> => {
    out += text;
    return Promise.resolve();
  };
  const destination = createDestination(stdout, options, { stdout: take, ...more });
  assert.deepEqual(await destination.send(batch, signal), { status: 'delivered' });
  return out;
}

describe('pretty', () => {
  const facts = {
    client_ip: '203.0.113.7',
    context: { username: 'ada.lovelace', http_request: { user_agent: 'curl/8.5.0' } },
  };

  test('is three lines a notification', async () => {
    const block = [
      '2026-01-15T09:03:48Z ALERT   Failed login for ada.lovelace from 203.0.113.7',
      '  The sign-in was not accepted.',
      '  rule failed logins · browser curl/8.5.0',
      '',
    ].join('\n');
    assert.equal(await written({}, [delivery(facts), delivery(facts)]), block + block);
  });

  test('has colours where they show', async () => {
    assert.match(
      await written({}, [delivery(facts)], { colours: true }),
      // eslint-disable-next-line no-control-regex -- escape sequences are wanted here
      /\u001b\[1;31mALERT {2}\u001b\[0m \u001b\[1mFailed login/,
    );
  });

  test('lets no event move the cursor or start a line', async () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007\nroot\r\u009b1A\u202e';
    const out = await written({}, [
      delivery({ action: evil, user: { username: evil }, context: { message: evil, http_request: { path: evil } } }),
    ]);
    assert.equal(out.split('\n').length, 4);
    // eslint-disable-next-line no-control-regex -- it is what must not be there
    assert.doesNotMatch(out.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});

test('json is one line a notification', async () => {
  const lines = (await written({ format: 'json' }, [delivery({ context: { message: 'a\nb' } }), delivery()])).split(
    '\n',
  );
  assert.equal(lines.length, 3);
  const first = JSON.parse(lines[0] ?? '');
  assert.deepEqual(Object.keys(first).slice(0, 4), ['rule', 'severity', 'key', 'id']);
  assert.equal(first.context.message, 'a\nb');
});

describe('a terminal that is gone', () => {
  test('asks for another attempt', async () => {
    const destination = createDestination(stdout, {}, { stdout: () => Promise.reject(new Error('EPIPE')) });
    const expected: SendResult = { status: 'retry', reason: 'io', detail: 'standard output is closed' };
    assert.deepEqual(await destination.send([delivery()], signal), expected);
  });

  test('does not hold up the end', async () => {
    const stop = new AbortController();
    const destination = createDestination(stdout, {}, { stdout: () => new Promise(() => undefined) });
    const sending = destination.send([delivery()], stop.signal);
    stop.abort();
    assert.equal((await sending).status, 'retry');
    assert.equal((await destination.send([delivery()], stop.signal)).status, 'retry');
  });
});

test('any format, one line a notification', async () => {
  for (const format of ['ecs', 'cef'] as const) {
    const line = eventText(format, delivery(), { instance: 'herald-0', authentikUrl: 'https://auth.example.com' });
    assert.equal(await written({ format }, [delivery(), delivery()]), `${line}\n${line}\n`);
  }
});
