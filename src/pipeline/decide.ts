import { actionClass } from '../core/action.ts';
import { withViews, type Event, type EventFacts, type SafeEvent } from '../core/event.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Redacted, Redactor } from '../redact/redactor.ts';
import type { Alert } from '../rules/alert.ts';
import type { Rules } from '../rules/rules.ts';
import type { EventIds } from './event-ids.ts';

/** What makes of an event what all that follows sees. */
export interface Gate {
  readonly redactor: Redactor;
  readonly ids: EventIds;
}

/** What decides about an event. */
export interface Stages extends Gate {
  readonly rules: Rules;
}

/** An event and where it goes. */
export interface Decided extends Pick<JournalEntry, 'deliveries'> {
  readonly event: SafeEvent;
}

/** What a batch counted, to be reported once it is on disk. */
export interface Tally {
  readonly redactions: Map<string, number>;
  readonly matches: Map<string, number>;
  readonly errors: Map<string, number>;
  readonly actions: Map<'known' | 'custom' | 'unknown', number>;
  /** By rule and reason. */
  readonly held: Map<string, Map<string, number>>;
}

export function newTally(): Tally {
  return { redactions: new Map(), matches: new Map(), errors: new Map(), actions: new Map(), held: new Map() };
}

/**
 * Redacts an event and asks the rules. The first entry is the event itself, those behind it are herald's own, which tell about several.
 * `isCounted`: the event was decided before, so that rules must not count it again.
 */
export function decide(
  stages: Stages,
  raw: Event,
  nowMs: number,
  isCounted: (event: SafeEvent) => boolean,
  tally: Tally,
): readonly Decided[] {
  const { event, counts } = admit(stages, raw);
  for (const [kind, count] of counts) add(tally.redactions, kind, count);
  add(tally.actions, actionClass(event.action), 1);
  if (isCounted(event)) return [{ event, deliveries: [] }];
  const { notifications, errors, alerts = [], held = [] } = stages.rules.evaluate(event, nowMs);
  for (const rule of errors) add(tally.errors, rule, 1);
  for (const { rule, reason } of held) {
    add(tally.matches, rule, 1);
    const reasons = tally.held.get(rule) ?? new Map<string, number>();
    tally.held.set(rule, reasons);
    add(reasons, reason, 1);
  }
  const deliveries = notifications.flatMap(({ rule, severity, destinations }) => {
    add(tally.matches, rule, 1);
    return destinations.map((destination) => ({ rule, severity, destination }));
  });
  return alerts.length === 0 ? [{ event, deliveries }] : [{ event, deliveries }, ...alertEntries(stages, alerts)];
}

/** An event of a line as all that follows sees it: without secrets, under the id that it leaves with. */
export function admit({ redactor, ids }: Gate, raw: Event): Redacted {
  const id = ids.line(raw.id);
  return redactor.redact(id === raw.id ? raw : { ...raw, id });
}

/** herald's own event for an alert. It passes redaction like all others, though what it quotes has passed it before. */
export function alertEvent({ redactor, ids }: Gate, facts: EventFacts): SafeEvent {
  return redactor.redact(withViews({ ...facts, id: ids.alert(facts.id) })).event;
}

/** The events of alerts with their deliveries. */
export function alertEntries(stages: Stages, alerts: readonly Alert[]): readonly Decided[] {
  return alerts.map(({ facts, rule, severity, destinations }) => ({
    event: alertEvent(stages, facts),
    deliveries: destinations.map((destination) => ({ rule, severity, destination })),
  }));
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
