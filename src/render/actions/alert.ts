import { formatDuration } from '../../core/duration.ts';
import type { SafeEvent } from '../../core/event.ts';
import { asObject, asText, get, isObject, type Json, type JsonObject } from '../../core/json.ts';
import { cut, list } from '../cut.ts';
import { long, short } from '../field.ts';
import { sentences, type ActionText } from './action.ts';

type Words = (context: JsonObject) => ActionText;

const listCharsMax = 600;

/** What a rule tells about several events at once, by the kind of it. */
const kinds: ReadonlyMap<string, Words> = new Map<string, Words>([
  ['window', window],
  ['sequence', sequence],
  ['travel', travel],
  ['absence', absence],
  ['group', group],
  ['more', more],
  ['silence', silence],
]);

/** A message about several events: how many, in what time, what they have in common. */
export function alert({ context }: SafeEvent): ActionText {
  const words = (kinds.get(asText(get(context, 'kind')) ?? '') ?? more)(context);
  const { title, summary, fields } = words;
  return {
    title,
    summary,
    fields: () => [
      ...(fields?.() ?? []),
      ...short('First', asText(get(context, 'first'))),
      ...short('Last', asText(get(context, 'last'))),
    ],
  };
}

function window(context: JsonObject): ActionText {
  const distinct = asText(get(context, 'distinct'));
  const what = distinct === undefined ? 'events' : `different values of ${cut(distinct, 60)}`;
  const values = texts(get(context, 'values'));
  return {
    title: `${ruleOf(context)}: ${countOf(context)} ${what}${span(context)}${by(context)}`,
    summary: () => sentences(lastOf(context)),
    fields: () => (values.length === 0 ? [] : long(cut(distinct ?? '', 60), list(values, listCharsMax))),
  };
}

function sequence(context: JsonObject): ActionText {
  const steps = objects(get(context, 'steps')).map((step) => asText(get(step, 'title')) ?? '');
  return {
    title: `${ruleOf(context)}: ${countOf(context)} steps${span(context)}${by(context)}`,
    summary: () => sentences(lastOf(context)),
    fields: () => long('Steps', list(steps, listCharsMax, ' → ')),
  };
}

function travel(context: JsonObject): ActionText {
  const from = placeOf(context, 'from');
  const to = placeOf(context, 'to');
  const km = get(context, 'distance_km');
  return {
    title: `${ruleOf(context)}: ${from}, then ${to}${span(context, ' ')}${by(context)}`,
    summary: () =>
      sentences(
        typeof km === 'number' && `The two places are ${km} km apart, further than anybody travels in that time.`,
        'A VPN or a wrong entry in the GeoIP database looks the same.',
        lastOf(context),
      ),
  };
}

function absence(context: JsonObject): ActionText {
  const seconds = get(context, 'for_seconds');
  const time = typeof seconds === 'number' ? ` for ${formatDuration(seconds * 1000)}` : '';
  const lines = get(context, 'of') === 'lines';
  return {
    title: `${ruleOf(context)}: ${lines ? 'no line from authentik' : 'no such event'}${time}`,
    summary: () =>
      lines
        ? 'authentik may be down, its log may be written elsewhere, or herald may not be able to read it.'
        : 'Nothing that the policies of the rule match has come in that time.',
  };
}

function group(context: JsonObject): ActionText {
  const count = countOf(context);
  const last = asText(get(asObject(get(context, 'last_event')), 'title')) ?? '';
  const tops = Object.entries(asObject(get(context, 'top')) ?? {});
  return {
    title:
      count === '1'
        ? last || `${ruleOf(context)}: 1 event${by(context)}`
        : `${ruleOf(context)}: ${count} events${span(context)}${by(context)}`,
    summary: () => sentences(count === '1' ? 'The only one of its group.' : lastOf(context)),
    fields: () =>
      count === '1'
        ? []
        : tops.flatMap(([name, top]) => long(cut(name, 60), list(objects(top).map(counted), listCharsMax))),
  };
}

function more(context: JsonObject): ActionText {
  const since = asText(get(context, 'first'));
  const time = since === undefined ? '' : ` since ${since.slice(11, 16)} UTC`;
  return {
    title: `${ruleOf(context)}: +${countOf(context)} similar${time}${by(context)}`,
    summary: () => sentences('They were held back by the rule and are all in the journal.', lastOf(context)),
  };
}

function silence(context: JsonObject): ActionText {
  return {
    title: `Silence ended: it hid ${countOf(context)} notifications`,
    summary: () => sentences(`Its reason was: ${cut(asText(get(context, 'reason')) ?? '', 200)}.`),
  };
}

function ruleOf(context: JsonObject): string {
  return cut(asText(get(context, 'rule')) ?? 'A rule', 100);
}

function countOf(from: JsonObject): string {
  const count = get(from, 'count');
  return typeof count === 'number' ? String(count) : '?';
}

/** ` within 10 min`. */
function span(context: JsonObject, word = ' within '): string {
  const ms = Date.parse(asText(get(context, 'last')) ?? '') - Date.parse(asText(get(context, 'first')) ?? '');
  if (Number.isNaN(ms)) return '';
  return word === ' ' ? ` ${formatDuration(ms)} later` : `${word}${formatDuration(Math.max(1000, ms))}`;
}

/** ` (203.0.113.7)`: what all the events have in common. */
function by(context: JsonObject): string {
  const values = Object.values(asObject(get(context, 'by')) ?? {}).map((value) => cut(asText(value) ?? '', 80));
  return values.length === 0 ? '' : ` (${values.join(', ')})`;
}

function lastOf(context: JsonObject): string | false {
  const title = asText(get(asObject(get(context, 'last_event')), 'title'));
  return title !== undefined && title !== '' && `Last: ${title}.`;
}

function placeOf(context: JsonObject, key: string): string {
  return cut(asText(get(asObject(get(context, key)), 'place')) ?? 'an unknown place', 80);
}

function counted(item: JsonObject): string {
  return `${asText(get(item, 'value')) ?? ''} ×${countOf(item)}`;
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
