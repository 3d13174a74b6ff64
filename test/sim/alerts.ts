import assert from 'node:assert/strict';
import { eventClock } from './event-clock.ts';
import { holdModel } from './hold-model.ts';
import { burst, digest, isHidden, limited, repeats, silence, type Plan } from './plan.ts';
import type { Alert, StoredEvent } from './rows.ts';

/** What the logs say of an event. */
export interface Seen {
  readonly action: string;
  readonly atMs: number;
  readonly clientIp: string | undefined;
  readonly user: string;
}

/** An event of somebody else's as rules over time see it, in the order of writing. */
export interface Observed extends Seen {
  readonly id: string;
  readonly writtenMs: number;
  /** How far the clock that rules wait by may have come before this event, ms. */
  readonly clockMsMax: number;
  /** Rules that told the receiver of alerts about the event itself. */
  readonly told: ReadonlySet<string>;
}

/** One rule over time, as it would have been in a run in which nothing ever happened. */
export interface RuleModel {
  readonly rule: string;
  observe(event: Observed): void;
  tell(alert: Alert, clockMsMax: number): void;
  /** All entries of one event have been seen: nothing may be missing that stands directly behind it. */
  settle(): void;
  /** How many events wait to be told. */
  untold(): number;
}

/**
 * The alerts of a journal that keeps all are those of a run in which nothing ever happened, whatever crashes and faults came between;
 * see the models. Returns how many events nobody has told yet.
 */
export function assertAlerts({ rules }: Plan, stored: readonly StoredEvent[], seen: ReadonlyMap<string, Seen>): number {
  const isSilenced = rules.includes(silence.rule);
  const models = [
    bursts(),
    digests(),
    holdModel(repeats, isSilenced),
    holdModel(limited, isSilenced),
    silenced(rules),
  ].filter(({ rule }) => rules.includes(rule));
  const ofRule = new Map(models.map((model) => [model.rule, model]));
  const clock = eventClock();
  for (const { id, writtenMs, told, alert } of stored) {
    const clockMsMax = clock.msMax(writtenMs);
    const facts = seen.get(id);
    if (alert !== undefined) {
      const model = ofRule.get(String(alert.rule));
      assert.ok(model !== undefined, `an alert of ${String(alert.rule)}`);
      assert.deepEqual([...told], [alert.rule], 'where an alert is sent');
      model.tell(alert, clockMsMax);
    } else if (facts !== undefined) {
      for (const model of models) model.settle();
      for (const model of models) model.observe({ ...facts, id, writtenMs, clockMsMax, told });
      clock.observe(facts.atMs, writtenMs);
    }
  }
  for (const model of models) model.settle();
  return models.reduce((sum, model) => sum + model.untold(), 0);
}

/** The last of every so many failures is followed by its alert. */
function bursts(): RuleModel {
  const failures: string[] = [];
  let told = 0;
  return {
    rule: burst.rule,
    observe: ({ id, action }) => void (action === burst.action && failures.push(id)),
    tell(alert) {
      told += 1;
      assert.equal(failures.length, told * burst.count, 'a burst is told too early or too late');
      assert.deepEqual([alert.count, alert.lastId], [burst.count, failures.at(-1)], 'the last of a burst');
    },
    settle: () => assert.equal(told, Math.floor(failures.length / burst.count), 'a burst was not told'),
    untold: () => 0,
  };
}

/** Each digest has counted what was written since the one before. */
function digests(): RuleModel {
  const logins: string[] = [];
  let told = 0;
  return {
    rule: digest.rule,
    observe: ({ id, action }) => void (action === digest.action && logins.push(id)),
    tell(alert) {
      assert.ok(alert.count > 0, 'an empty digest');
      told += alert.count;
      assert.deepEqual([told, alert.lastId], [logins.length, logins.at(-1)], 'the digests up to this one');
    },
    settle: () => undefined,
    untold: () => logins.length - told,
  };
}

/** What a silence hides is told to nobody, then in one message with all that came since the one before; everything else is told. */
function silenced(rules: readonly string[]): RuleModel {
  let hidden: number[] = [];
  return {
    rule: silence.rule,
    observe(event) {
      for (const { rule, action } of silence.rules) {
        if (action !== event.action || !rules.includes(rule)) continue;
        const isSilent = isHidden(rule, event);
        if (isSilent) hidden.push(event.atMs);
        if (isSilent || rule === silence.plain)
          assert.equal(event.told.has(rule), !isSilent, `${rule} about ${event.id}, and the silence`);
      }
    },
    tell(alert) {
      const { count, firstMs, lastMs, writtenMs } = alert;
      assert.ok(writtenMs >= silence.untilMs, 'a silence is told before its end');
      assert.deepEqual(
        [count, firstMs, lastMs],
        [hidden.length, Math.min(...hidden), Math.max(...hidden)],
        'what was hidden',
      );
      hidden = [];
    },
    settle: () => undefined,
    untold: () => hidden.length,
  };
}
