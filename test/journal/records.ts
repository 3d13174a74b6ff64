import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import type { EventFacts, SafeEvent } from '../../src/core/event.ts';
import type { Json } from '../../src/core/json.ts';
import type { Remembered, RuleChanges } from '../../src/core/rule-state.ts';
import { EncodedEvent } from '../../src/journal/encoded.ts';
import type { AppendBatch, Encryption } from '../../src/journal/journal.ts';
import type { Decided } from '../../src/pipeline/decide.ts';
import { safeEvent } from '../support/events.ts';

// What tests write into a journal; also for processes of their own, where there is no test runner.

export const day = 86_400_000;
export const t0 = Date.UTC(2026, 0, 15, 9);

/** As `redact/` does, without knowing it: the views come from the facts again. */
export function restore(json: string): SafeEvent {
  const facts: Partial<EventFacts> = JSON.parse(json);
  return safeEvent(facts);
}

/** Event number `n`: its own id and time. */
export function event(n: number, facts: Partial<EventFacts> = {}): SafeEvent {
  return safeEvent({ id: idOf(n), at: t0 + n, user: { username: `user${n}` }, ...facts });
}

/** 32 hex digits that are spread like a hash. */
export function idOf(n: number): string {
  const mixed = (Math.imul(n + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return mixed + n.toString(16).padStart(24, '0');
}

/** An event with one delivery of one rule for each destination. */
export function entry(n: number, destinations: readonly string[] = ['chat'], size = 0): Decided {
  const context = size === 0 ? {} : { filler: 'x'.repeat(size) };
  return {
    event: event(n, { context }),
    deliveries: destinations.map((destination) => ({ rule: 'all', severity: 'notice', destination })),
  };
}

export function batch(decided: readonly Decided[], more: Partial<AppendBatch> = {}): AppendBatch {
  const entries = decided.map(({ event: each, deliveries }) => ({ event: new EncodedEvent(each), deliveries }));
  return { source: 'server', entries, counts: { event: entries.length }, checkpoints: new Map(), ...more };
}

type NamedValue = readonly [name: string, value: Json];

/** Changes of rows, by the names of the rows; what names begin with is told apart, as rules do it. */
export function changesOf(whole: Iterable<NamedValue>, added: Iterable<NamedValue> = []): RuleChanges {
  const wholes = Map.groupBy(whole, ([name]) => name.slice(0, 2));
  const additions = Map.groupBy(added, ([name]) => name.slice(0, 2));
  return [...new Set([...wholes.keys(), ...additions.keys()])].map((prefix) => [
    prefix,
    (wholes.get(prefix) ?? []).map(([name, value]) => [name.slice(2), value]),
    (additions.get(prefix) ?? []).flatMap(([name, value]) => [name.slice(2), value]),
  ]);
}

/** Makes the same changes to what is expected to be remembered. */
export function expectChanges(
  expected: Map<string, Remembered>,
  whole: Iterable<NamedValue>,
  added: Iterable<NamedValue>,
): void {
  for (const [name, value] of added) {
    const known = expected.get(name);
    if (known !== undefined) expected.set(name, [...known, value]);
  }
  for (const [name, value] of whole) {
    if (value === null) expected.delete(name);
    else expected.set(name, [value]);
  }
}

/** What is remembered when each of these values was written whole. */
export function rememberedOf(rows: Iterable<NamedValue>): ReadonlyMap<string, Remembered> {
  return new Map(Array.from(rows, ([name, value]) => [name, [value]]));
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** Key number `n`. */
export function keyOf(n: number): KeyObject {
  return createSecretKey(createHash('sha256').update(`key ${n}`).digest());
}

/** Set by encrypted.test.ts, for the journals of its processes: they are encrypted without the tests saying so. */
export const encryptedVariable = 'HERALD_TEST_ENCRYPTED';

export function encryption(): { readonly encryption?: Encryption } {
  return process.env[encryptedVariable] === undefined ? {} : { encryption: { key: keyOf(0), previous: [] } };
}
