import assert from 'node:assert/strict';
import type { Observed, RuleModel } from './alerts.ts';
import { isHidden } from './plan.ts';
import type { Alert } from './rows.ts';

/** A rule of which so many notifications of a key pass in a time. */
export interface HoldPlan {
  readonly rule: string;
  readonly action: string;
  readonly count: number;
  readonly periodMs: number;
  readonly byAddress: boolean;
}

/** Begun by the first that passed. */
interface Period {
  readonly fromMs: number;
  readonly passed: number;
}

/** One key. Which period it is in cannot always be told: one that held nothing back ends without a trace. */
interface Key {
  periods: readonly (Period | 'none')[];
  /** What was held back in this period, by event time. */
  held: readonly Observed[];
  /** What was held back in the last one, whose end the last event was. */
  owed: readonly Observed[];
}

/**
 * The first so many events of a period pass, the others are held back and told once, all together: behind the first event after the
 * period, or as soon as its time is over.
 */
export function holdModel(plan: HoldPlan, isSilenced: boolean): RuleModel {
  const { rule, action, periodMs } = plan;
  const keys = new Map<string, Key>();
  return { rule, observe, tell, settle, untold };

  function observe(event: Observed): void {
    if (event.action !== action || (isSilenced && isHidden(rule, event))) return;
    const passes = event.told.has(rule);
    if (plan.byAddress && event.clientIp === undefined)
      return assert.ok(passes, `${rule}: ${event.id} has no key and is held back`);
    const name = plan.byAddress ? (event.clientIp ?? '') : '';
    const key = keys.get(name) ?? { periods: ['none'], held: [], owed: [] };
    keys.set(name, key);
    key.periods = passes ? afterPass(plan, key, event) : key.periods.filter((one) => holds(plan, one, event));
    assert.ok(key.periods.length > 0, `${rule}: ${event.id} is ${passes ? 'told' : 'held back'}`);
    if (!passes) key.held = [...key.held, event];
    else if (key.held.length > 0) {
      key.owed = key.held;
      key.held = [];
    }
  }

  function tell({ count, firstMs, lastMs, clientIp, title }: Alert, clockMsMax: number): void {
    const key = keys.get(clientIp ?? '');
    assert.ok(key !== undefined, `${rule}: a tail of ${clientIp ?? 'all'}`);
    const told = key.owed.length > 0 ? key.owed : key.held;
    const times = told.map(({ atMs }) => atMs);
    assert.deepEqual(
      [count, firstMs, lastMs],
      [told.length, Math.min(...times), Math.max(...times)],
      `${rule}: a tail`,
    );
    assert.ok(title.includes(told.at(-1)?.user ?? ''), `${rule}: ${title} is not the last of its tail`);
    if (key.owed.length > 0) {
      key.owed = [];
      return;
    }
    const isOver = key.periods.some((one) => one !== 'none' && clockMsMax >= one.fromMs + periodMs);
    assert.ok(isOver, `${rule}: a tail is told before its time`);
    key.periods = ['none'];
    key.held = [];
  }

  function settle(): void {
    for (const [name, { owed }] of keys) assert.equal(owed.length, 0, `${rule}: the tail of ${name} was not told`);
  }

  function untold(): number {
    return [...keys.values()].reduce((sum, { held }) => sum + held.length, 0);
  }
}

/** The periods that a key may be in once an event has passed. */
function afterPass({ count, periodMs }: HoldPlan, { periods, held }: Key, event: Observed): readonly Period[] {
  const begun = { fromMs: event.atMs, passed: 1 };
  return periods.flatMap((one) => {
    if (one === 'none' || event.atMs >= one.fromMs + periodMs) return [begun];
    const isOver = held.length === 0 && event.clockMsMax >= one.fromMs + periodMs;
    const goesOn = one.passed < count ? [{ ...one, passed: one.passed + 1 }] : [];
    return isOver ? [...goesOn, begun] : goesOn;
  });
}

function holds({ count, periodMs }: HoldPlan, period: Period | 'none', { atMs }: Observed): boolean {
  return period !== 'none' && atMs < period.fromMs + periodMs && period.passed >= count;
}
