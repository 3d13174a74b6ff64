import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMetrics } from '../../src/server/metrics.ts';
import { chart, only, template } from '../support/helm/helm.ts';

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const dashboard = JSON.parse(readFileSync(join(chart, 'files', 'dashboard.json'), 'utf8')) as Dashboard;

function rules(): readonly Rule[] {
  const values = { existingSecret: 's', metrics: { prometheusRule: { enabled: true } } };
  const { groups } = only(template(values), 'PrometheusRule')['spec'] as {
    groups: readonly { rules: readonly Rule[] }[];
  };
  return groups.flatMap((group) => group.rules);
}

/** The names that `/metrics` of this build shows. */
async function shown(): Promise<ReadonlySet<string>> {
  const page = createMetrics({ queues: () => new Map(), journalBytes: () => 0, nowMs: () => 0 });
  const names = [...(await page.render()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(names.flatMap(([, name = '', type]) => (type === 'histogram' ? [`${name}_bucket`] : [name])));
}

const namesIn = (text: string): readonly string[] => text.match(/\bherald_\w+/g) ?? [];

test('the dashboard and the alerts ask for metrics that exist', async () => {
  const names = await shown();
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const asked = [...expressions, ...rules().map(({ expr }) => expr), JSON.stringify(dashboard.templating)].flatMap(
    namesIn,
  );
  assert.ok(asked.length > 20);
  assert.deepEqual(
    asked.filter((name) => !names.has(name)),
    [],
  );
});

test('every alert says what happened and what to do', () => {
  for (const { alert, expr, labels, annotations } of rules()) {
    assert.match(labels.severity, /^(?:warning|critical)$/, alert);
    assert.ok(annotations.summary !== '' && annotations.description !== '', alert);
    assert.equal(expr.split('(').length, expr.split(')').length, alert);
    assert.match(expr, /namespace="authentik"/, alert);
  }
});

test('the panels of the dashboard say what they show and do not overlap', () => {
  const taken = new Set<string>();
  for (const { type, title, description, gridPos, targets = [] } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(x < 24 && !taken.has(`${x},${y}`), `${title} at ${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
    if (type === 'row') continue;
    assert.ok(description, title);
    for (const { expr } of targets) assert.match(expr, /namespace=~"\$namespace"/, title);
  }
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
});
