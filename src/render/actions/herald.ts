import type { SafeEvent } from '../../core/event.ts';
import { alertAction, gapAction, testAction } from '../../core/action.ts';
import { asText, get, type JsonObject } from '../../core/json.ts';
import { cut } from '../cut.ts';
import { long, short } from '../field.ts';
import { named } from '../person.ts';
import { sentences, type ActionText, type Describe } from './action.ts';
import { alert } from './alert.ts';

/** What herald says about itself. */
export const heraldActions: readonly (readonly [string, Describe])[] = [
  [alertAction, alert],
  [gapAction, gap],
  [testAction, test],
];

const reasons: ReadonlyMap<string, string> = new Map([
  ['removed', 'The log was rotated away, removed or emptied before herald had read it to its end.'],
  ['truncated', 'The log was emptied before herald had read it to its end.'],
  ['corrupt', 'A compressed file of the log is damaged; what could be read of it was read.'],
]);

function gap({ context, origin }: SafeEvent): ActionText {
  const { namespace, pod, container } = origin;
  const path = asText(get(context, 'path'));
  const place = [namespace, pod, container].filter((part) => part !== undefined).join('/');
  const bytes = get(context, 'bytes');
  return {
    title: `Log gap: lines of ${named(place === '' ? (path ?? 'a log') : place)} ${span(context)}are lost`,
    summary: () =>
      sentences(
        reasons.get(asText(get(context, 'reason')) ?? '') ?? 'They were gone before herald could read them.',
        "No rule has seen the events of that time; authentik's own list of events may have them.",
      ),
    fields: () => [
      ...short('From', asText(get(context, 'from'))),
      ...short('Until', asText(get(context, 'until'))),
      ...short('Bytes', typeof bytes === 'number' ? String(bytes) : undefined),
      ...short('Source', asText(get(context, 'source'))),
      ...long('File', path === undefined ? undefined : cut(path, 600)),
    ],
  };
}

function test({ context }: SafeEvent): ActionText {
  return {
    title: 'Test message from herald',
    summary: () => 'Somebody ran "herald send-test" to see whether messages arrive. Nothing has happened.',
    fields: () => [
      ...short('Destination', asText(get(context, 'destination'))),
      ...short('Instance', asText(get(context, 'instance'))),
    ],
  };
}

/** `between 10:00 and 10:07 UTC `, as exact as it takes to tell both ends apart. */
function span(context: JsonObject): string {
  const from = time(get(context, 'from'));
  const until = time(get(context, 'until'));
  if (from === undefined) return until === undefined ? '' : `before ${minute(until)} UTC `;
  if (until === undefined) return `after ${minute(from)} UTC `;
  if (from.slice(0, 10) !== until.slice(0, 10)) return `between ${minute(from)} and ${minute(until)} UTC `;
  const digits = from.slice(0, 16) === until.slice(0, 16) ? 19 : 16;
  return `between ${from.slice(11, digits)} and ${until.slice(11, digits)} UTC `;
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function time(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? value : undefined;
}
