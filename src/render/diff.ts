import { asObject, asText, get, isObject, type Json, type JsonObject } from '../core/json.ts';
import { brief } from './brief.ts';
import { cut } from './cut.ts';

const linesMax = 8;
const valueCharsMax = 80;

/** What authentik's audit says changed, one line per attribute: `enabled: true → false`, `users: added 6, 7`. At most nine lines. */
export function diffLines(diff: JsonObject): readonly string[] {
  const lines = Object.entries(diff).flatMap(([key, change]) => {
    const line = describe(change);
    return line === undefined ? [] : [`${cut(key, valueCharsMax)}: ${line}`];
  });
  const more = lines.length - linesMax;
  return more > 0 ? [...lines.slice(0, linesMax), `+${more} more`] : lines;
}

function describe(change: Json): string | undefined {
  const object = asObject(change);
  if (object === undefined) return value(change);
  if (Object.hasOwn(object, 'new_value') || Object.hasOwn(object, 'previous_value')) {
    const before = get(object, 'previous_value') ?? null;
    const after = get(object, 'new_value') ?? null;
    if (isLong(before) || isLong(after)) return `${extent(before)} → ${extent(after)}`;
    if (isEmpty(before)) return isEmpty(after) ? undefined : value(after);
    return `${value(before)} → ${isEmpty(after) ? 'nothing' : value(after)}`;
  }
  if (get(object, 'clear') === true) return 'all removed';
  const parts = [members('added', get(object, 'add')), members('removed', get(object, 'remove'))];
  const found = parts.filter((part) => part !== undefined);
  return found.length > 0 ? found.join('; ') : value(change);
}

function members(verb: string, list: Json | undefined): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const names = list.slice(0, 5).map((item: Json) => (isObject(item) ? label(item) : value(item)));
  const more = list.length - names.length;
  return `${verb} ${names.join(', ')}${more > 0 ? `, +${more} more` : ''}`;
}

/** A whole object stands there since 2026.2 instead of its key: its name is enough. */
function label(item: JsonObject): string {
  const name = asText(get(item, 'username')) ?? asText(get(item, 'name'));
  return cut(name ?? value(get(item, 'pk') ?? get(item, 'id') ?? null), valueCharsMax);
}

function value(json: Json): string {
  return cut(brief(json), valueCharsMax);
}

/** Certificates, blueprints, expressions: that they changed and how much is all that fits into a message. */
function isLong(json: Json): json is string {
  return typeof json === 'string' && (json.length > valueCharsMax || json.trim().includes('\n'));
}

function extent(json: Json): string {
  return isLong(json) ? `${json.length} characters` : isEmpty(json) ? 'nothing' : value(json);
}

function isEmpty(json: Json): boolean {
  if (json === null || json === '') return true;
  return typeof json === 'object' && Object.keys(json).length === 0;
}
