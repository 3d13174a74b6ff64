import assert from 'node:assert/strict';
import type { EventFacts, SafeEvent } from '../../../src/core/event.ts';
import { describe } from '../../../src/render/actions/index.ts';
import { withViews } from '../../../src/core/event.ts';
import type { Remembered, RuleChanges } from '../../../src/core/rule-state.ts';
import { fromStored } from '../../../src/redact/redactor.ts';
import type { Alert } from '../../../src/rules/alert.ts';
import type { RuleConfig } from '../../../src/rules/config.ts';
import { compileRules } from '../../../src/rules/compile.ts';
import type { Rules } from '../../../src/rules/rules.ts';
import type { SilenceConfig } from '../../../src/rules/silence.ts';
import { rule } from '../config.ts';
import { safeEvent } from '../../support/events.ts';

/** 2026-01-15T09:00:00Z. */
export const t0 = Date.UTC(2026, 0, 15, 9);
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What a rule has with these settings over time; matches every login_failed unless told otherwise. */
export function ruleWith(given: Partial<RuleConfig>, action = 'login_failed'): RuleConfig {
  return rule('r', [{ action }], given);
}

/** Rules with what they said, in words: `event <at>` for a notification, the title of the message for an alert, `held: <reason>`. */
export class Run {
  readonly said: string[] = [];
  readonly #configs: readonly RuleConfig[];
  readonly #silences: readonly SilenceConfig[];
  #rules: Rules;
  readonly rows = new Map<string, Remembered>();
  #serial = 0;

  constructor(configs: readonly RuleConfig[], silences: readonly SilenceConfig[] = []) {
    this.#configs = configs;
    this.#silences = silences;
    this.#rules = this.#compile();
  }

  /** An event that is read when it happens, or at `readAt`. */
  event(at: number, facts: Partial<EventFacts> = {}, readAt = at): this {
    this.#serial += 1;
    const event = safeEvent({ id: idOf(this.#serial), at: t0 + at, action: 'login_failed', ...facts });
    const { notifications, alerts = [], held = [] } = this.#rules.evaluate(event, t0 + readAt);
    for (const _ of notifications) this.said.push(`event ${at}`);
    for (const alert of alerts) this.said.push(words(withViews(alert.facts)));
    for (const { reason } of held) this.said.push(`held: ${reason}`);
    this.#save();
    return this;
  }

  /** Time passes without events. */
  tick(at: number): this {
    for (const alert of this.tickAlerts(at)) this.said.push(words(withViews(alert.facts)));
    return this;
  }

  /** The same, for whoever wants to see more than the title. */
  tickAlerts(at: number): readonly Alert[] {
    const alerts = this.#rules.due(t0 + at);
    this.#save();
    return alerts;
  }

  /** The ids of the last events. */
  ids(count: number): readonly string[] {
    return Array.from({ length: count }, (_, at) => idOf(this.#serial - count + 1 + at));
  }

  /** Time passes, what is due is told, and writing it down fails: rules go back to what was written. */
  tickUnwritten(at: number): this {
    this.#rules.due(t0 + at);
    this.#rules.restore(this.rows);
    return this;
  }

  heard(at: number): this {
    this.#rules.heard(t0 + at);
    this.#save();
    return this;
  }

  /** As after a crash: only what was written down is known. */
  restart(): this {
    this.#rules = this.#compile();
    this.#rules.restore(this.rows);
    return this;
  }

  /** What was said since the last look. */
  take(): readonly string[] {
    return this.said.splice(0);
  }

  #compile(): Rules {
    const { rules, problems, silenceProblems } = compileRules(this.#configs, this.#silences);
    assert.deepEqual([...problems, ...silenceProblems], []);
    return rules;
  }

  #save(): void {
    applyChanges(this.#rules.changes(), this.rows);
  }
}

/** Writes changes down as the journal does: what is written no longer changes in memory. */
export function applyChanges(changes: RuleChanges, rows: Map<string, Remembered>): void {
  for (const [prefix, whole, added] of changes) {
    for (let at = 0; at < added.length; at += 2) {
      const rest = added[at];
      assert.ok(typeof rest === 'string');
      const name = prefix + rest;
      const before = rows.get(name);
      assert.ok(before !== undefined, 'nothing is added to nothing');
      rows.set(name, [...before, structuredClone(added[at + 1] ?? null)]);
    }
    for (const [rest, value] of whole) {
      if (value === null) rows.delete(prefix + rest);
      else rows.set(prefix + rest, [structuredClone(value)]);
    }
  }
}

function idOf(serial: number): string {
  return serial.toString(16).padStart(32, '0');
}

function words(event: object): string {
  const safe: SafeEvent = fromStored(JSON.stringify(event));
  return describe(safe).title;
}
