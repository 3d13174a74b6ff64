import { afterEach } from 'node:test';
import type { Delivery } from '../../src/core/delivery.ts';
import type { CommonOptions, Destination } from '../../src/destinations/destination.ts';
import { syslog } from '../../src/destinations/syslog/syslog.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { leased } from '../support/leased.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';
import { startSyslogReceiver, type SyslogReceiver } from '../support/receivers/syslog.ts';

/** What every attempt of these tests gets: one that nobody ends. */
export const { signal } = new AbortController();
export const context = { instance: 'herald-0', authentikUrl: 'https://auth.example.com' };
export const direct: CommonOptions = { timeoutMs: 20_000, tls: {}, proxy: undefined };

/** Destinations and receivers that are closed after each test of the file that asks for them. */
export function syslogs() {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return { create, receive };

  function create(options: Written, common = direct): Destination {
    const destination = createDestination(syslog, { host: '127.0.0.1', ...options }, { common });
    open.unshift(destination);
    return destination;
  }

  async function receive(...args: Parameters<typeof startSyslogReceiver>): Promise<SyslogReceiver> {
    const receiver = await startSyslogReceiver(...args);
    open.push(receiver);
    return receiver;
  }
}

export function withEvent(facts: { readonly [key: string]: unknown }, more: Partial<Delivery> = {}): Delivery {
  const base = leased(1);
  const json = JSON.stringify({ ...base.event, ...facts });
  return { ...base, event: fromStored(json), bytes: Buffer.from(json), ...more };
}
