import { textOf } from '../blueprint/resolved.ts';
import type { BlueprintObject } from '../objects.ts';
import type { Program } from './program.ts';
import { choose } from '../python/truth.ts';
import { level, listOf, make, mapOf, operand, type Value } from '../python/value.ts';
import { nameOf } from './labels.ts';

/** YAML whose texts may hold `${ CEL }`. */
export type Template = null | boolean | number | string | readonly Template[] | { readonly [key: string]: Template };

/** The `body` of a webhook: what the mapping returns, in the form of YAML with `${ CEL }`. */
export function templateOf(value: Value): Template {
  const { constant, entries, items } = value;
  if (constant !== undefined) return typeof constant.value === 'string' ? escapeHoles(constant.value) : constant.value;
  if (entries !== undefined) {
    return Object.fromEntries(entries.map(([key, item]) => [key, templateOf(item)]));
  }
  if (items !== undefined) {
    const kept = items.filter(({ constant: one }) => one === undefined || Boolean(one.value));
    if (kept.every(alwaysTrue)) return kept.map(templateOf);
  }
  return `\${${sanitized(value).text}}`;
}

/** authentik drops what is false from the lists of a body. */
function sanitized(value: Value): Value {
  const { entries, items, branches } = value;
  if (entries !== undefined) return mapOf(entries.map(([key, item]) => [key, sanitized(item)] as const));
  if (branches !== undefined) return choose(branches.condition, sanitized(branches.yes), sanitized(branches.no));
  if (items === undefined) return value;
  const list = listOf(items.map(sanitized));
  if (items.every(alwaysTrue)) return list;
  const text = `${list.text}.filter(x, !(x in [null, false, 0, "", [], {}]))`;
  return make(text, level.member, 'list', { operands: [list] });
}

function alwaysTrue(value: Value): boolean {
  const { constant, entries, items, text } = value;
  if (constant !== undefined) return Boolean(constant.value);
  if (entries !== undefined) return entries.length > 0;
  if (items !== undefined) return items.some(alwaysTrue);
  return text === 'event.action' || text === 'severity' || text === 'body' || value.type === 'time';
}

function escapeHoles(text: string): string {
  return text.replaceAll('${', () => '$${');
}

/** The `headers` of a webhook; undefined when the mapping returns anything but a dictionary that is written out. */
export function headersOf(value: Value): { readonly [name: string]: string } | undefined {
  const { entries } = value;
  if (entries === undefined) return undefined;
  return Object.fromEntries(
    entries.map(([name, item]) => {
      const { constant } = item;
      if (constant === undefined) return [name, `\${${operand(item, level.choice)}}`];
      return [name, escapeHoles(String(constant.value ?? ''))];
    }),
  );
}

/** A mapping's program, with its name and place for people. */
export function programOf(mapping: BlueprintObject): Program | undefined {
  const expression = mapping.fields.get('expression');
  const source = textOf(expression);
  if (expression?.kind !== 'value' || source === undefined) return undefined;
  return { source, name: nameOf(mapping), at: expression.at, indent: expression.indent };
}
