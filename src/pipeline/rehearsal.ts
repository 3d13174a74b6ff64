import type { SafeEvent } from '../core/event.ts';
import type { Severity } from '../core/delivery.ts';
import type { Alert } from '../rules/alert.ts';
import type { Explanation, Held } from '../rules/rules.ts';
import { alertEvent, type Stages } from './decide.ts';

/** A message that a rule sends: about an event, or one of herald's own about several. */
export interface Told {
  readonly rule: string;
  readonly severity: Severity;
  readonly destinations: readonly string[];
  readonly event: SafeEvent;
}

/** What rules make of events that are read outside of the daemon, on a clock that follows the events. */
export interface Rehearsal {
  /** Lets time pass until something happens then, and tells what is due on the way. The first call sets the clock. */
  until(atMs: number): readonly Told[];
  /** Lets the time until the event pass, then judges it. Events come in the order of their times. */
  judge(event: SafeEvent): { readonly told: readonly Told[]; readonly held: readonly Held[] };
  /** Reads a line that is no event. */
  hear(atMs: number): readonly Told[];
  /** What every rule says about an event that comes now, without remembering it. */
  explain(event: SafeEvent): Explanation;
  /** Lets time pass without events. */
  wait(ms: number): readonly Told[];
}

/** The daemon asks every second what is due. */
const tickMs = 1000;
/** After so many, time goes in larger steps: nothing that waits for long needs to be told to the second. */
const fineTicks = 3600;
const coarseTicks = 1440;

export function createRehearsal(stages: Stages): Rehearsal {
  const { rules } = stages;
  let nowMs: number | undefined;
  return {
    until,
    judge,
    hear,
    explain: (event) => rules.explain(event, nowMs ?? event.at),
    wait: (ms) => (nowMs === undefined ? [] : until(nowMs + ms)),
  };

  function judge(event: SafeEvent): ReturnType<Rehearsal['judge']> {
    const before = hear(event.at);
    const { notifications, alerts = [], held = [] } = rules.evaluate(event, nowMs ?? event.at);
    const told = notifications.map(({ rule, severity, destinations }) => ({ rule, severity, destinations, event }));
    return { told: [...before, ...told, ...alerts.map(toldBy)], held };
  }

  function hear(atMs: number): readonly Told[] {
    const told = until(atMs);
    rules.heard(nowMs ?? atMs);
    return told;
  }

  function until(untilMs: number): readonly Told[] {
    const told: Told[] = [];
    let at = nowMs ?? untilMs;
    for (let ticks = 0; at < untilMs && ticks < fineTicks + coarseTicks; ticks += 1) {
      at = Math.min(untilMs, at + (ticks < fineTicks ? tickMs : Math.max(60_000, (untilMs - at) / coarseTicks)));
      told.push(...rules.due(at).map(toldBy));
    }
    if (at < untilMs) told.push(...rules.due(untilMs).map(toldBy));
    nowMs = Math.max(at, untilMs);
    return told;
  }

  function toldBy({ rule, severity, destinations, facts }: Alert): Told {
    return { rule, severity, destinations, event: alertEvent(stages, facts) };
  }
}
