import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { renderMessage } from '../../src/render/message.ts';
import { event } from './events.ts';

const origin = { namespace: 'authentik', pod: 'server-0', container: 'server' };

function render(context: JsonObject, from: object = origin): ReturnType<typeof renderMessage> {
  const gap = event({ action: 'herald_gap', user: {}, context, origin: from });
  return renderMessage(gap, { rule: 'gaps', severity: 'alert' });
}

for (const [from, until, span] of [
  ['2026-01-15T10:00:04.123Z', '2026-01-15T10:07:00.000Z', 'between 10:00 and 10:07 UTC '],
  ['2026-01-15T10:00:04.123Z', '2026-01-15T10:00:31.000Z', 'between 10:00:04 and 10:00:31 UTC '],
  ['2026-01-15T23:59:04.123Z', '2026-01-16T00:07:00.000Z', 'between 2026-01-15 23:59 and 2026-01-16 00:07 UTC '],
  ['2026-01-15T10:00:04.123Z', undefined, 'after 2026-01-15 10:00 UTC '],
  [undefined, '2026-01-15T10:07:00.000Z', 'before 2026-01-15 10:07 UTC '],
  [undefined, undefined, ''],
  ['no time', 7, ''],
] as const) {
  test(`a gap from ${from} until ${until} names its span`, () => {
    const context = { ...(from !== undefined && { from }), ...(until !== undefined && { until }), reason: 'removed' };
    const { title, summary } = render(context);
    assert.equal(title, `Log gap: lines of “authentik/server-0/server” ${span}are lost`);
    assert.match(summary, /^The log was rotated away, removed or emptied/);
  });
}

test('a gap names the file when it knows no container, and what is known of it', () => {
  const { title, fields, summary } = render({ path: '/logs/a\nb.log', source: 'server', bytes: 12, reason: 'new' }, {});
  assert.equal(title, 'Log gap: lines of “/logs/a\nb.log” are lost');
  assert.match(summary, /^They were gone/);
  assert.deepEqual(
    fields.map(({ name, value }) => [name, value]),
    [
      ['Bytes', '12'],
      ['Source', 'server'],
      ['File', '/logs/a\nb.log'],
    ],
  );
});
