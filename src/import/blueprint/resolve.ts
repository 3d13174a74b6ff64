import type { Place } from '../findings.ts';
import type { Blueprint } from './entries.ts';
import { formatText } from './format.ts';
import type { Raw, Scalar } from './raw.ts';
import { parseJson } from './parse-json.ts';
import { refuse } from './refusal.ts';
import type { Resolved } from './resolved.ts';

/** What the tags that reach out of the file ask. */
export interface Surroundings {
  /** A variable of the environment; undefined when it is not set. */
  readonly env: (name: string) => string | undefined;
  /** A file's text; undefined when it cannot be read. */
  readonly file: (path: string) => string | undefined;
  /** The fields of an object of the blueprints so far, for `!FindObject`. */
  readonly object: (find: Resolved & { kind: 'find' }) => ReadonlyMap<string, Resolved> | undefined;
}

const itemsMax = 10_000;
const contextDepthMax = 20;

/** One round of `!Enumerate`; none while the tag looks for what to go through. */
type Round = { readonly index: Resolved; readonly value: Resolved } | undefined;

/** Resolves the tags of a value, each with authentik's meaning. Refuses, with the place, what authentik refuses. */
export function createResolver(blueprint: Blueprint, surroundings: Surroundings): (raw: Raw) => Resolved {
  let made = 0;
  let contextDepth = 0;
  return (raw) => resolve(raw, []);

  function resolve(raw: Raw, rounds: readonly Round[]): Resolved {
    const { at } = raw;
    if (raw.kind === 'value') return raw;
    if (raw.kind === 'list') return { kind: 'list', items: raw.items.map((item) => resolve(item, rounds)), at };
    if (raw.kind === 'map') {
      return { kind: 'map', entries: new Map([...raw.entries].map(([key, item]) => [key, resolve(item, rounds)])), at };
    }
    return raw.content.kind === 'list'
      ? ofList(raw.tag, raw.content.items, rounds, at)
      : ofText(raw.tag, textIn(raw.content), rounds, at);
  }

  function ofText(tag: string, text: string, rounds: readonly Round[], at: Place): Resolved {
    switch (tag) {
      case '!KeyOf': {
        const entry = blueprint.byId.get(text);
        return entry === undefined
          ? refuse(`!KeyOf: no entry has the id ${JSON.stringify(text)}`, at)
          : { kind: 'key', entry, at };
      }
      case '!ParseJSON':
        return parseJson(text, at);
      case '!Index':
        return roundAt(text, rounds, at).index;
      case '!Value':
        return roundAt(text, rounds, at).value;
      default:
        return lookUp(tag, text, undefined, rounds, at);
    }
  }

  function ofList(tag: string, items: readonly Raw[], rounds: readonly Round[], at: Place): Resolved {
    const item = (index: number): Raw => items[index] ?? refuse(`${tag}: ${index + 1} values are wanted`, at);
    switch (tag) {
      case '!Find':
        return findIn(items, rounds, at);
      case '!FindObject':
        return findObject(findIn(items, rounds, at));
      case '!Format':
        return format(item(0), items.slice(1), rounds, at);
      case '!Condition':
        return value(condition(scalarOf(resolve(item(0), rounds)), items.slice(1), rounds, at), at);
      case '!If': {
        const holds = truthy(resolve(item(0), rounds));
        return items.length === 1 ? value(holds, at) : resolve(item(holds ? 1 : 2), rounds);
      }
      case '!Enumerate':
        return enumerate(item(0), scalarOf(resolve(item(1), rounds)), item(2), rounds, at);
      case '!AtIndex':
        return atIndex(resolve(item(0), rounds), scalarOf(resolve(item(1), rounds)), items[2], rounds, at);
      default:
        return lookUp(tag, String(scalarOf(resolve(item(0), rounds))), item(1), rounds, at);
    }
  }

  function lookUp(tag: string, name: string, other: Raw | undefined, rounds: readonly Round[], at: Place): Resolved {
    const fallback = (): Resolved => (other === undefined ? value(null, at) : resolve(other, rounds));
    if (tag === '!Context') {
      const own = blueprint.context.get(name);
      if (own === undefined) return fallback();
      contextDepth += 1;
      if (contextDepth > contextDepthMax) refuse(`!Context ${name} goes in a circle`, at);
      const found = resolve(own, rounds);
      contextDepth -= 1;
      return found;
    }
    // An empty variable counts as none, an empty file does not.
    const found = tag === '!Env' ? surroundings.env(name) || undefined : surroundings.file(name)?.trim();
    return found === undefined ? fallback() : { kind: 'value', value: found, secret: true, at };
  }

  function findIn(items: readonly Raw[], rounds: readonly Round[], at: Place): Resolved & { kind: 'find' } {
    const [model, ...conditions] = items.map((item) => resolve(item, rounds));
    const fields = conditions.map((one): [string, Resolved] => {
      const [name, wanted] = one.kind === 'list' ? one.items : [];
      if (name === undefined || wanted === undefined) return refuse('!Find: a condition is [field, value]', one.at);
      return [String(scalarOf(name)), wanted];
    });
    if (model === undefined) return refuse('!Find: a model is wanted', at);
    return { kind: 'find', model: String(scalarOf(model)).toLowerCase(), fields: new Map(fields), at };
  }

  function findObject(find: Resolved & { kind: 'find' }): Resolved {
    const entries = surroundings.object(find);
    return entries === undefined ? find : { kind: 'map', entries, at: find.at };
  }

  function format(first: Raw, rest: readonly Raw[], rounds: readonly Round[], at: Place): Resolved {
    const head = resolve(first, rounds);
    const args = rest.map((arg) => resolve(arg, rounds));
    const text = formatText(String(scalarOf(head)), args.map(scalarOf), at);
    const secret = [head, ...args].some((one) => one.kind === 'value' && one.secret === true);
    const indent = head.kind === 'value' ? head.indent : undefined;
    return {
      kind: 'value',
      value: text,
      ...(indent !== undefined && { indent }),
      ...(secret && { secret }),
      at: head.at,
    };
  }

  function condition(mode: Scalar, args: readonly Raw[], rounds: readonly Round[], at: Place): boolean {
    const values = args.map((arg) => truthy(resolve(arg, rounds)));
    if (values.length === 0) refuse('!Condition: at least one value is wanted', at);
    const odd = values.filter(Boolean).length % 2 === 1;
    switch (String(mode).toUpperCase()) {
      case 'AND':
        return values.every(Boolean);
      case 'NAND':
        return !values.every(Boolean);
      case 'OR':
        return values.some(Boolean);
      case 'NOR':
        return !values.some(Boolean);
      case 'XOR':
        return odd;
      case 'XNOR':
        return !odd;
      default:
        return refuse(`!Condition: ${JSON.stringify(mode)} is none of AND, NAND, OR, NOR, XOR, XNOR`, at);
    }
  }

  function enumerate(over: Raw, output: Scalar, body: Raw, rounds: readonly Round[], at: Place): Resolved {
    const mode = String(output).toUpperCase();
    if (mode !== 'SEQ' && mode !== 'MAP') refuse(`!Enumerate: ${JSON.stringify(output)} is neither SEQ nor MAP`, at);
    const items = roundsOf(resolve(over, [...rounds, undefined]), at).map((round) => {
      made += 1;
      if (made > itemsMax) refuse(`!Enumerate makes more than ${itemsMax} values`, at);
      return resolve(body, [...rounds, round]);
    });
    return mode === 'SEQ' ? { kind: 'list', items, at } : { kind: 'map', entries: new Map(items.flatMap(pairsOf)), at };
  }

  function atIndex(from: Resolved, key: Scalar, other: Raw | undefined, rounds: readonly Round[], at: Place): Resolved {
    if (from.kind === 'find') return from;
    const found =
      from.kind === 'list' && typeof key === 'number'
        ? from.items.at(key)
        : from.kind === 'map'
          ? from.entries.get(String(key))
          : refuse('!AtIndex: neither a list with a number nor a mapping', at);
    if (found !== undefined) return found;
    return other === undefined ? refuse(`!AtIndex: there is no ${JSON.stringify(key)}`, at) : resolve(other, rounds);
  }
}

function value(scalar: Scalar, at: Place): Resolved {
  return { kind: 'value', value: scalar, at };
}

function textIn(raw: Raw): string {
  return raw.kind === 'value' ? String(raw.value ?? '') : '';
}

function scalarOf(resolved: Resolved): Scalar {
  if (resolved.kind === 'value') return resolved.value;
  if (resolved.kind === 'key' || resolved.kind === 'find') return onlyAuthentik(resolved.at);
  return refuse('a single value is wanted here', resolved.at);
}

/** Python's truth. */
function truthy(resolved: Resolved): boolean {
  switch (resolved.kind) {
    case 'value':
      return resolved.value !== null && resolved.value !== false && resolved.value !== 0 && resolved.value !== '';
    case 'list':
      return resolved.items.length > 0;
    case 'map':
      return resolved.entries.size > 0;
    case 'key':
      return true;
    default:
      return onlyAuthentik(resolved.at);
  }
}

function onlyAuthentik(at: Place): never {
  return refuse("this depends on a key of authentik's database: write the value in its place", at);
}

function roundAt(text: string, rounds: readonly Round[], at: Place): NonNullable<Round> {
  const depth = Number(text);
  const round = Number.isInteger(depth) && depth >= 0 ? rounds.at(-1 - depth) : undefined;
  return round ?? refuse(`there are not ${text} !Enumerate around this one (0 is the innermost)`, at);
}

function roundsOf(over: Resolved, at: Place): readonly NonNullable<Round>[] {
  if (over.kind === 'list') return over.items.map((item, index) => ({ index: value(index, at), value: item }));
  if (over.kind === 'map') return [...over.entries].map(([key, item]) => ({ index: value(key, at), value: item }));
  if (over.kind === 'value' && typeof over.value === 'string') {
    return Array.from(over.value, (char, index) => ({ index: value(index, at), value: value(char, at) }));
  }
  return refuse('!Enumerate: neither a list nor a mapping', at);
}

function pairsOf(item: Resolved): readonly [string, Resolved][] {
  if (item.kind === 'map') return [...item.entries];
  const [key, inner] = item.kind === 'list' ? item.items : [];
  if (key === undefined || inner === undefined)
    return refuse('!Enumerate: MAP wants [key, value] or a mapping', item.at);
  return [[String(scalarOf(key)), inner]];
}
