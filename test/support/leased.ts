import { withViews, type EventFacts } from '../../src/core/event.ts';
import type { Leased } from '../../src/journal/journal.ts';
import { fromStored } from '../../src/redact/redactor.ts';

/** A leased delivery of a plain failed login; `seq` makes it and its event distinct. */
export function leased(seq: number, more: Partial<Leased> = {}): Leased {
  const id = seq.toString(16).padStart(32, '0');
  const json = JSON.stringify({
    id,
    at: Date.parse('2026-01-15T09:00:00Z') + seq,
    action: 'login_failed',
    client_ip: '203.0.113.7',
    user: { username: 'ada.lovelace', pk: 6, email: 'ada.lovelace@example.com' },
    context: { username: 'ada.lovelace' },
    origin: {},
  });
  return {
    seq,
    key: `${id}.00000000`,
    event: fromStored(json),
    at: fromStored(json).at,
    bytes: Buffer.from(json),
    rule: 'failed logins',
    severity: 'warning',
    attempts: 0,
    firstDueAt: 0,
    ...more,
  };
}

/** A leased delivery of such an event with other facts. */
export function eventOf(seq: number, facts: { readonly [key: string]: unknown }): Leased {
  const base = leased(seq);
  const { id, at, action, client_ip, user, context, origin } = base.event;
  const json = JSON.stringify(withViews({ id, at, action, client_ip, user, context, origin, ...facts } as EventFacts));
  return { ...base, event: fromStored(json), at: fromStored(json).at, bytes: Buffer.from(json) };
}
