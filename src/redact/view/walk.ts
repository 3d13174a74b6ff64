import { alertAction } from '../../core/action.ts';
import type { Event } from '../../core/event.ts';
import { asText, get, isObject, type Json, type JsonObject } from '../../core/json.ts';
import { hiddenMark } from '../../core/stand-in.ts';
import { identityOf, isStructure, type Identity, type Surroundings } from './known.ts';
import { mapEntries, mapList } from './map.ts';
import { identityOfPart } from './part.ts';

/** What is done with the texts of an event; giving back the same text leaves everything the same object. */
export interface Visitor {
  /** `identity`: the key says that the whole text is that. */
  text(text: string, identity: Identity | undefined, key: string): string;
  /** A number: the text that takes its place, or undefined. */
  number(value: number, identity: Identity | undefined, key: string): string | undefined;
  /** A word that says what kind of thing something is. */
  structure(text: string): string;
  key(key: string): string;
  /** The title of another event, which herald quotes, with the names in it; undefined where nobody wrote them down. */
  title(title: string, names: readonly string[] | undefined): string;
  /** The value of an expression by which events are told apart: what takes its place, or undefined for a text like any other. */
  part?(value: string, expression: string): string | undefined;
}

/** `context` and `user` of an event with every text and key visited. */
export function mapTexts(
  { action, context, user, model }: Pick<Event, 'action' | 'context' | 'user' | 'model'>,
  visitor: Visitor,
): Pick<Event, 'context' | 'user'> {
  const walker = new Walker(visitor, model?.model_name === 'user');
  const around = { top: true, nameIsPerson: action === 'user_write' };
  return {
    context: action === alertAction ? walker.alert(context) : walker.object(context, around, undefined, 0),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all its fields are JSON
    user: walker.object(user as unknown as JsonObject, inside, undefined, 0),
  };
}

const inside: Surroundings = { top: false, nameIsPerson: false };
/** Redaction leaves nothing that is deeper. */
const depthMax = 100;
/** Keys of a change below that of the field that changed. */
const changes: ReadonlySet<string> = new Set(['previous_value', 'new_value']);

class Walker {
  readonly #visitor: Visitor;
  readonly #userChanged: boolean;

  constructor(visitor: Visitor, userChanged: boolean) {
    this.#visitor = visitor;
    this.#userChanged = userChanged;
  }

  object(value: JsonObject, around: Surroundings, outer: Identity | undefined, depth: number): JsonObject {
    let out: { [key: string]: Json } | undefined;
    let renamed = false;
    for (const key in value) {
      const item = value[key] ?? null;
      const identity = outer !== undefined && changes.has(key) ? outer : identityOf(key, value, around);
      const below = key === 'diff' && around.top ? { top: false, nameIsPerson: this.#userChanged } : inside;
      const mapped = this.#any(item, key, value, identity, below, depth);
      // The copy has the key already, so that this sets even `__proto__` as data.
      if (mapped !== item) (out ??= { ...value })[key] = mapped;
      renamed ||= this.#visitor.key(key) !== key;
    }
    const same = out ?? value;
    if (!renamed) return same;
    return Object.fromEntries(Object.entries(same).map(([key, item]) => [this.#visitor.key(key), item]));
  }

  /** herald's own event about several: it quotes keys, values and titles of others. */
  alert(context: JsonObject): JsonObject {
    const distinct = asText(get(context, 'distinct')) ?? '';
    return mapEntries(context, (key, item) => {
      if (words.has(key)) return item;
      if (key === 'values' && Array.isArray(item))
        return mapList(item, (value) => this.#part(value, distinct, context));
      if (key === 'by' && isObject(item)) return mapEntries(item, (name, value) => this.#part(value, name, item));
      if (key === 'top' && isObject(item)) return mapEntries(item, (name, list) => this.#tops(name, list));
      if (key === 'last_event' && isObject(item)) return this.#quoted(item);
      if (key === 'steps' && Array.isArray(item)) {
        return mapList(item, (step) => (isObject(step) ? this.#quoted(step) : step));
      }
      return this.#any(item, key, context, undefined, inside, 0);
    });
  }

  /** The value of an expression by which events are told apart. */
  #part(value: Json, expression: string, parent: JsonObject): Json {
    const text = asText(value) ?? (typeof value === 'number' ? String(value) : undefined);
    const instead = text === undefined ? undefined : this.#visitor.part?.(text, expression);
    if (instead !== undefined) return instead;
    const identity = typeof value === 'string' ? identityOfPart(expression, value) : undefined;
    return this.#any(value, expression.slice(expression.lastIndexOf('.') + 1), parent, identity, inside, 2);
  }

  #tops(name: string, list: Json): Json {
    if (!Array.isArray(list)) return list;
    return mapList(list, (one) =>
      isObject(one) && get(one, 'value') !== others
        ? mapEntries(one, (key, value) => (key === 'value' ? this.#part(value, name, one) : value))
        : one,
    );
  }

  /** Which fields the title tells of is for views to know. */
  #quoted({ fields: _fields, ...event }: JsonObject): JsonObject {
    const names = get(event, 'names');
    const list = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : undefined;
    return mapEntries(event, (key, value) => {
      if (key === 'title' && typeof value === 'string') return this.#visitor.title(value, list);
      return this.#any(value, key, event, key === 'names' ? 'name' : undefined, inside, 1);
    });
  }

  #any(
    value: Json,
    key: string,
    parent: JsonObject,
    identity: Identity | undefined,
    around: Surroundings,
    depth: number,
  ): Json {
    if (typeof value === 'string') {
      return isStructure(key, value, parent)
        ? this.#visitor.structure(value)
        : this.#visitor.text(value, identity, key);
    }
    if (typeof value === 'number') return this.#visitor.number(value, identity, key) ?? value;
    if (typeof value !== 'object' || value === null) return value;
    if (depth > depthMax) return hiddenMark;
    if (isObject(value)) return this.object(value, around, identity, depth + 1);
    return mapList(value, (item) => this.#any(item, key, parent, identity, around, depth + 1));
  }
}

/** Words of herald's own and names from its configuration. */
const words: ReadonlySet<string> = new Set(['rule', 'kind', 'distinct', 'of', 'first', 'last']);

/** What is counted together beyond the most frequent values. */
const others = '(others)';
