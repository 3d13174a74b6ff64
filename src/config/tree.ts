import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { Surroundings } from './config.ts';
import { interpolate } from './interpolate.ts';
import { pathKey, type Path } from './path.ts';
import type { Place, Report } from './report.ts';

/** The values of a YAML file and where each stands. Mappings have no prototype: any key is data. */
export interface Tree {
  readonly value: unknown;
  /** Where the value starts; of what is missing: its nearest parent's key. */
  place(path: Path): Place;
  /** Where the key stands; of a list item: where it starts. */
  placeOfKey(path: Path): Place;
  /** True for a text that had `${env:…}` or `${file:…}` in it. */
  interpolated(path: Path): boolean;
  /** True for a reference or an alias that could not be followed, which is reported. */
  unresolved(path: Path): boolean;
}

interface Input {
  readonly text: string;
  readonly place: (offset: number) => Place;
  readonly surroundings: Surroundings;
  readonly report: Report;
}

interface State extends Input {
  readonly values: Map<string, number>;
  readonly keys: Map<string, number>;
  readonly interpolated: Set<string>;
  readonly unresolved: Set<string>;
  readonly anchors: Map<string, Node>;
  /** Anchored nodes whose content is being read. */
  readonly open: Set<Node>;
  /** How many aliases are being followed. */
  following: number;
  nodes: number;
}

/** Reads the nodes of a document into values. Syntax that is allowed by YAML but not here goes to the report. */
export function readTree(root: Node | null, input: Input): Tree {
  const state: State = {
    ...input,
    values: new Map(),
    keys: new Map(),
    interpolated: new Set(),
    unresolved: new Set(),
    anchors: new Map(),
    open: new Set(),
    following: 0,
    nodes: 0,
  };
  const value = readNode(root, [], state);
  const find = (path: Path, places: readonly ReadonlyMap<string, number>[]): Place => {
    for (let length = path.length; length > 0; length -= 1) {
      const key = pathKey(path.slice(0, length));
      // Of a parent the key says more than the value, which may start a line below.
      for (const map of length === path.length ? places : [state.keys, state.values]) {
        const offset = map.get(key);
        if (offset !== undefined) return input.place(offset);
      }
    }
    return { line: 1, column: 1 };
  };
  return {
    value,
    place: (path) => find(path, [state.values, state.keys]),
    placeOfKey: (path) => find(path, [state.keys, state.values]),
    interpolated: (path) => state.interpolated.has(pathKey(path)),
    unresolved: (path) => state.unresolved.has(pathKey(path)),
  };
}

// A sensible file has some hundred values, ten levels deep. Aliases can make thousands out of one line.
const nodesMax = 50_000;
const depthMax = 64;

function readNode(node: Node | null, path: Path, state: State): unknown {
  state.nodes += 1;
  if (node === null || state.nodes > nodesMax) {
    if (state.nodes === nodesMax + 1)
      problemAt(node, path, state, 'too many values in one file (do aliases multiply them?)');
    return null;
  }
  if (path.length > depthMax) {
    problemAt(node, path.slice(0, 4), state, 'nested too deeply');
    return null;
  }
  if (isAlias(node)) return readAlias(node.source, node, path, state);
  if ('tag' in node && node.tag !== undefined) {
    problemAt(node, path, state, 'tags (!name) are not supported: remove it');
  }
  remember(node, path, state);
  if (isScalar(node)) return readScalar(node, path, state);
  state.open.add(node);
  const value = readCollection(node, path, state);
  state.open.delete(node);
  return value;
}

function readCollection(node: Node, path: Path, state: State): unknown {
  if (isMap<Node | null, Node | null>(node)) return readMap(node, path, state);
  return isSeq<Node | null>(node) ? node.items.map((item, index) => readNode(item, [...path, index], state)) : null;
}

function remember(node: Node, path: Path, state: State): void {
  const offset = node.range?.[0];
  // A value that is left out (`key:`) stands nowhere: its key's place is used.
  const leftOut = isScalar(node) && node.source === '' && node.type === 'PLAIN';
  if (offset !== undefined && !leftOut) state.values.set(pathKey(path), offset);
  const anchor = 'anchor' in node ? node.anchor : undefined;
  if (typeof anchor === 'string' && state.following === 0) state.anchors.set(anchor, node);
}

function readAlias(name: string, alias: Node, path: Path, state: State): unknown {
  const target = state.anchors.get(name);
  state.values.set(pathKey(path), alias.range?.[0] ?? 0);
  if (target === undefined) problemAt(alias, path, state, 'an alias (*name) needs an anchor (&name) before it');
  else if (state.open.has(target)) problemAt(alias, path, state, 'an alias cannot stand inside its own anchor');
  else {
    state.following += 1;
    const value = readNode(target, path, state);
    state.following -= 1;
    // The place to correct is mostly the alias, not what it stands for.
    state.values.set(pathKey(path), alias.range?.[0] ?? 0);
    return value;
  }
  state.unresolved.add(pathKey(path));
  return null;
}

function readMap(map: YAMLMap<Node | null, Node | null>, path: Path, state: State): { [key: string]: unknown } {
  const out: { [key: string]: unknown } = Object.create(null);
  for (const pair of map.items) {
    const key = readKey(pair.key, path, state);
    if (key === undefined) continue;
    const inner = [...path, key];
    if (Object.hasOwn(out, key)) {
      problemAt(pair.key, inner, state, 'this key is there twice: remove one');
      continue;
    }
    state.keys.set(pathKey(inner), pair.key?.range?.[0] ?? 0);
    out[key] = readNode(pair.value, inner, state);
  }
  return out;
}

function readKey(node: Node | null, path: Path, state: State): string | undefined {
  const target = isAlias(node) ? state.anchors.get(node.source) : node;
  if (!isScalar(target) || target.source === '') {
    problemAt(node, path, state, 'a key must be a text');
    return undefined;
  }
  if (target.tag !== undefined) problemAt(node, path, state, 'tags (!name) are not supported: remove it');
  const { anchor } = target;
  if (anchor !== undefined) state.anchors.set(anchor, target);
  // `1.0:` and `null:` are names here as they are written.
  return typeof target.value === 'string' ? target.value : (target.source ?? String(target.value));
}

function readScalar(node: Scalar, path: Path, state: State): unknown {
  const { value } = node;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    problemAt(node, path, state, 'not a finite number');
    return null;
  }
  if (typeof value !== 'string') return value;
  const variable = /^\$(?:\{([A-Z][A-Z0-9_]+)\}|[A-Z][A-Z0-9_]+)$/.exec(value);
  if (variable !== null) {
    state.report.warning(
      state.place(node.range?.[0] ?? 0),
      path,
      'is taken as it is: an environment variable is written ${env:NAME}',
    );
  }
  if (!value.includes('${')) return value;
  const { text, values, problems } = interpolate(value, state.surroundings);
  for (const put of values) state.report.hide(put);
  if (values.length > 0) state.interpolated.add(pathKey(path));
  if (problems.length > 0) state.unresolved.add(pathKey(path));
  for (const { reference, message } of problems) {
    const [start, end] = node.range ?? [0, 0];
    const found = state.text.slice(start, end).indexOf(reference);
    state.report.problem(state.place(start + Math.max(0, found)), path, message);
  }
  return text;
}

function problemAt(node: Node | null, path: Path, state: State, message: string): void {
  const offset = node?.range?.[0];
  state.report.problem(offset === undefined ? { line: 1, column: 1 } : state.place(offset), path, message);
}
