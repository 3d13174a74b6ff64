import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertAction } from '../../src/core/action.ts';
import type { SafeEvent } from '../../src/core/event.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { destinations } from '../../src/destinations/index.ts';
import { viewOf } from '../redact/views.ts';
import { safeEvent } from '../support/events.ts';
import { leased } from '../support/leased.ts';
import { createDestination } from '../support/receivers/destination.ts';
import { isRemote, startService } from '../support/receivers/service.ts';
import { waitFor } from '../support/source.ts';

// What a view takes out of an event must not come back in what a kind adds to it: labels, tags, titles, keys, headers.

const [user, client_ip] = [{ username: 'ada.lovelace', email: 'ada@people.example', pk: 6 }, '203.0.113.7'];
const title = { title: 'Login of ada.lovelace', names: ['ada.lovelace'] };
const events: readonly SafeEvent[] = [
  safeEvent({
    action: 'login_failed',
    user,
    client_ip,
    context: { username: 'ada.lovelace', message: 'of Ada.Lovelace' },
  }),
  safeEvent({
    id: '1'.repeat(32),
    action: alertAction,
    user,
    client_ip,
    context: {
      ...{ rule: 'spray', kind: 'window', count: 3, first: '2026-01-15T09:00:00Z', last: '2026-01-15T09:00:09Z' },
      by: { client_ip, 'context.target': 'ada.lovelace' },
      distinct: 'model.name',
      values: ['Ada Lovelace', 'ada@people.example'],
      top: { 'user.username': [{ value: 'ada.lovelace', count: 3 }] },
      last_event: { id: '2'.repeat(32), ...title },
    },
  }),
];
const somebody = /lovelace|people\.example|203\.0\.113\.7/i;

function deliveryOf(event: SafeEvent, at: number): Delivery {
  return leased(at, {
    event,
    at: event.at,
    bytes: Buffer.from(JSON.stringify(event)),
    key: `${event.id}.0000000${at}`,
  });
}

// A mail's parts are encoded; test/redact looks at what is put into them.
for (const kind of destinations.filter((one) => isRemote(one) && one.type !== 'smtp')) {
  test(`${kind.type}: nothing that is sent of a view names anybody`, async () => {
    for (const seen of [(event: SafeEvent) => event, (event: SafeEvent) => viewOf().apply(event)]) {
      const service = await startService(kind);
      assert.ok(service !== undefined);
      const destination = createDestination(kind, service.options);
      for (const [at, event] of events.entries()) {
        const result = await destination.send([deliveryOf(seen(event), at)], new AbortController().signal);
        assert.equal(result.status, 'delivered');
      }
      await waitFor(() => service.arrived().split(/user-[0-9a-f]{4}-|lovelace/i).length > 2, 'both events');
      const isView = seen(events[0] ?? assert.fail()) !== events[0];
      if (isView) assert.doesNotMatch(service.arrived(), somebody);
      else assert.match(service.arrived(), somebody);
      await destination.close();
      await service.close();
    }
  });
}
