import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config/load.ts';
import { withViews, type EventFacts, type SafeEvent } from '../../src/core/event.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { compileRules } from '../../src/rules/compile.ts';
import { kinds, surroundings } from '../config/kinds.ts';
import { safeEvent } from '../support/events.ts';

/** The one event that a rule with this condition makes of some events, seven seconds after each other, as a notification has it. */
export function alertFrom(condition: string, facts: readonly Partial<EventFacts>[]): SafeEvent {
  const text = `sources: [{type: pipe}]
rules:
  - {name: often, policies: [{action: "*"}], ${condition}, destinations: [d]}
destinations: {d: {type: print}}`;
  const loaded = loadConfig(text, 'herald.yaml', surroundings(), kinds);
  const { rules } = compileRules(loaded.rules, []);
  const start = Date.UTC(2026, 0, 15, 9);
  const alerts = facts.flatMap((one, at) => {
    const event = safeEvent({ id: `${at}`.padStart(32, '0'), at: start + at * 7000, ...one });
    return rules.evaluate(event, event.at).alerts ?? [];
  });
  const later = alerts.length > 0 ? [] : rules.due(start + 3_600_000);
  assert.equal(alerts.length + later.length, 1, condition);
  return fromStored(JSON.stringify(withViews([...alerts, ...later][0]?.facts ?? assert.fail())));
}
