import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../../src/core/delivery.ts';
import { OperationalError } from '../../src/core/errors.ts';
import type { InboxItem } from '../../src/destinations/destination.ts';
import { local } from '../../src/destinations/local.ts';
import { event } from '../render/events.ts';
import { createDestination } from '../support/receivers/destination.ts';

const { signal } = new AbortController();
const made = event({ client_ip: '203.0.113.7' });
const delivery: Delivery = { key: `${made.id}.00000000`, event: made, rule: 'r', severity: 'notice', attempts: 0 };

test('puts a notification into the list under its key', async () => {
  const items: InboxItem[] = [];
  const destination = createDestination(local, {}, { inbox: { put: (item) => void items.push(item) } });
  assert.deepEqual(await destination.send([delivery], signal), { status: 'delivered' });
  assert.deepEqual(items, [
    {
      key: delivery.key,
      eventId: made.id,
      at: made.at,
      rule: 'r',
      severity: 'notice',
      title: 'Failed login for ada.lovelace from 203.0.113.7',
      summary: 'The sign-in was not accepted.',
    },
  ]);
});

test('a full disk asks for another attempt; anything else is a bug', async () => {
  const refusing = (error: Error) =>
    createDestination(
      local,
      {},
      {
        inbox: {
          put: () => {
            throw error;
          },
        },
      },
    );
  assert.deepEqual(await refusing(new OperationalError('disk_full', 'no space')).send([delivery], signal), {
    status: 'retry',
    reason: 'io',
    detail: 'disk_full',
  });
  await assert.rejects(refusing(new TypeError('bug')).send([delivery], signal), TypeError);
});

test('does nothing once it shall stop', async () => {
  const items: InboxItem[] = [];
  const destination = createDestination(local, {}, { inbox: { put: (item) => void items.push(item) } });
  assert.equal((await destination.send([delivery], AbortSignal.abort())).status, 'retry');
  assert.deepEqual(items, []);
});
