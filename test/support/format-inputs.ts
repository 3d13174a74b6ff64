import { knownActions } from '../../src/core/action.ts';
import type { Severity } from '../../src/core/delivery.ts';
import type { SafeEvent } from '../../src/core/event.ts';
import type { FormatInput } from '../../src/render/formats/input.ts';
import { corpusEvents } from '../render/events.ts';

/** What a format gets, for an event of a rule of that severity. */
export function formatInput(event: SafeEvent, severity: Severity = 'notice'): FormatInput {
  return {
    event,
    key: `${event.id}.00c0ffee`,
    rule: 'everything',
    severity,
    instance: 'herald-0',
    authentikUrl: 'https://auth.example.com',
  };
}

/** Some of the corpus under a name each: the fullest events of every action, and detections. */
export function goldenInputs(): readonly (readonly [name: string, input: FormatInput])[] {
  const byAction = new Map<string, { readonly line: number; readonly event: SafeEvent }[]>();
  for (const item of corpusEvents()) {
    const list = byAction.get(item.event.action) ?? [];
    list.push(item);
    byAction.set(item.event.action, list);
  }
  const missing = [...knownActions].filter((action) => !byAction.has(action));
  if (missing.length > 0) throw new Error(`the corpus lacks ${missing.join(', ')}`);
  return [...byAction]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([action, items]) => {
      const count = variants.get(action) ?? 2;
      const chosen = items.toSorted((a, b) => weight(b.event) - weight(a.event)).slice(0, count);
      const plain = chosen.map(({ line, event }) => [`${action} (line ${line})`, formatInput(event)] as const);
      const [first] = chosen;
      if (first === undefined || !detected.has(action)) return plain;
      return [...plain, [`${action} (line ${first.line}), alert`, formatInput(first.event, 'alert')] as const];
    });
}

/** Actions whose events differ more than others'. */
const variants: ReadonlyMap<string, number> = new Map([
  ['login', 4],
  ['login_failed', 5],
  ['authorize_application', 3],
  ['model_created', 4],
  ['model_updated', 8],
  ['model_deleted', 6],
]);
const detected: ReadonlySet<string> = new Set(['login_failed', 'model_deleted', 'custom_geo_anomaly']);
const charsMax = 3500;

/** The fullest first, but none that fills a page. */
function weight(event: SafeEvent): number {
  const { length } = JSON.stringify(event);
  return length > charsMax ? -length : length;
}
