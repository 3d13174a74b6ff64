import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../../src/config/load.ts';
import { stagesOf } from '../../../src/stages.ts';
import { kinds, surroundings } from '../../config/kinds.ts';
import { safeEvent } from '../../support/events.ts';

const start = Date.UTC(2026, 0, 15, 9);

/** What the message about several failed logins quotes of the last one. */
function quoted(condition: string, destination: string): unknown {
  const text = `sources: [{type: pipe}]
rules: [{name: often, policies: [{action: login_failed}], ${condition}, destinations: [d]}]
destinations: {d: ${destination}}`;
  const { rules } = stagesOf(loadConfig(text, 'herald.yaml', surroundings(), kinds));
  for (let at = 0; at < 3; at += 1) {
    const event = safeEvent({
      id: `${at}`.padStart(32, '0'),
      at: start + at * 1000,
      action: 'login_failed',
      user: { username: '', pk: 1 },
      context: { username: 'ada.lovelace', reason: 'locked' },
    });
    rules.evaluate(event, event.at);
  }
  const [alert] = rules.due(start + 7_200_000);
  return alert?.facts.context['last_event'];
}

for (const condition of ['group: {wait: 1h}', 'suppress: {for: 1h}', 'limit: {count: 1, per: 1h}']) {
  test(`the titles of ${condition} note of which fields they tell where a destination does not see all`, () => {
    const fields = (destination: string): unknown =>
      (quoted(condition, destination) as { readonly fields?: unknown } | undefined)?.fields;
    assert.deepEqual(fields('{type: print, fields: {deny: [context.reason]}}'), ['username']);
    assert.equal(fields('{type: print}'), undefined);
    assert.match(JSON.stringify(quoted(condition, '{type: print}')), /Failed login for ada\.lovelace/);
  });
}
