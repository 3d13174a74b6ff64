import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../../src/server/metrics.ts';

const queue = { made: 10, delivered: 4, pending: 3, dead: 2, shed: 1, oldestAt: 4000 };

function page() {
  return createMetrics({
    queues: () => new Map([['chat', queue]]),
    journalBytes: () => 4096,
    nowMs: () => 10_000,
  });
}

/** Names, labels and kinds that dashboards and alerts of users are made of. */
const promised = {
  lines_total: 'counter',
  source_lag_bytes: 'gauge',
  source_lag_seconds: 'gauge',
  events_total: 'counter',
  redactions_total: 'counter',
  rule_matches_total: 'counter',
  rule_errors_total: 'counter',
  rule_keys_evicted_total: 'counter',
  notifications_suppressed_total: 'counter',
  deliveries_total: 'counter',
  delivery_queue: 'gauge',
  delivery_oldest_seconds: 'gauge',
  delivery_latency_seconds: 'histogram',
  dead_letters: 'gauge',
  journal_bytes: 'gauge',
  journal_full_seconds_total: 'counter',
  config_last_reload_successful: 'gauge',
  build_info: 'gauge',
} as const;

test('every metric that is promised is there, says what it is, and has its labels', async () => {
  const metrics = page();
  metrics.lines('server', 'event', 1);
  metrics.lagBytes('server', 5);
  metrics.lagSeconds('server', 2);
  metrics.events('known', 1);
  metrics.redactions('jwt', 1);
  metrics.ruleMatches('all', 1);
  metrics.ruleErrors('all', 1);
  metrics.ruleKeysEvicted('all', 64);
  metrics.suppressed('all', 'silence', 1);
  metrics.deliveries('chat', 'retry', 'throttled', 1);
  metrics.deliveryLatency('chat', 1);
  const text = await metrics.render();
  for (const [name, kind] of Object.entries(promised)) {
    assert.match(text, new RegExp(`^# HELP herald_${name} [A-Z].*\\.$`, 'm'), name);
    assert.match(text, new RegExp(`^# TYPE herald_${name} ${kind}$`, 'm'), name);
  }
  for (const series of [
    'lines_total{source="server",family="event"} 1',
    'source_lag_bytes{source="server"} 5',
    'source_lag_seconds{source="server"} 2',
    'events_total{action_class="known"} 1',
    'redactions_total{kind="jwt"} 1',
    'rule_matches_total{rule="all"} 1',
    'rule_errors_total{rule="all"} 1',
    'rule_keys_evicted_total{rule="all"} 64',
    'notifications_suppressed_total{rule="all",reason="silence"} 1',
    'deliveries_total{destination="chat",outcome="retry",reason="throttled"} 1',
    'delivery_queue{destination="chat"} 3',
    'delivery_oldest_seconds{destination="chat"} 6',
    'delivery_latency_seconds_count{destination="chat"} 1',
    'dead_letters{destination="chat"} 2',
  ]) {
    assert.ok(text.includes(`herald_${series}\n`), series);
  }
});

test('the books balance on the page itself, from the first scrape on', async () => {
  const text = await page().render();
  const value = (series: string): number =>
    Number(new RegExp(`^herald_${series.replaceAll(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text)?.[1]);
  const parts = ['delivered', 'pending', 'dead', 'shed'].map((state) =>
    value(`journal_deliveries{destination="chat",state="${state}"}`),
  );
  assert.deepEqual(parts, [4, 3, 2, 1]);
  assert.equal(
    parts.reduce((sum, count) => sum + count, 0),
    value('deliveries_made_total{destination="chat"}'),
  );
});

test('a source that has read all is not behind, however old its last line was', async () => {
  const metrics = page();
  metrics.lagSeconds('server', 3600);
  metrics.lagBytes('server', 100);
  assert.match(await metrics.render(), /^herald_source_lag_seconds\{source="server"\} 3600$/m);
  metrics.lagBytes('server', 0);
  assert.match(await metrics.render(), /^herald_source_lag_seconds\{source="server"\} 0$/m);
});
