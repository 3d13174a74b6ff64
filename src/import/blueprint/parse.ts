import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  YAMLSeq,
  type CollectionTag,
  type Document,
  type Scalar as ScalarNode,
  type ScalarTag,
} from 'yaml';
import type { Place } from '../findings.ts';
import type { Raw, Scalar } from './raw.ts';
import { refuse } from './refusal.ts';
import { isTagName, tagForms } from './tags.ts';

const fileBytesMax = 1024 * 1024;
const depthMax = 60;
const valuesMax = 100_000;

/**
 * Reads the YAML of one blueprint as authentik does: version 1.1 (`yes`, `010`, `<<`) with its tags. Refuses, with the place,
 * what is no YAML, a tag that authentik does not have, and what is larger than 1 MiB, 60 levels or 100,000 values with all aliases.
 */
export function parseBlueprint(text: string, file: string): Raw {
  const top: Place = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > fileBytesMax) refuse('the file is larger than 1 MiB', top);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    customTags,
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line < 1 ? top : { file, line, column: Math.max(1, col) };
  };
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    const deep = wrong.code === 'RESOURCE_EXHAUSTION';
    refuse(deep ? 'nested too deeply' : `not valid YAML (${wrong.code})`, place(wrong.pos[0]));
  }
  if (document.contents === null) refuse('the file is empty', top);
  return createReader(document, text, place)(document.contents, 0);
}

function createReader(document: Document.Parsed, text: string, place: (offset: number) => Place) {
  let values = 0;
  return read;

  function read(node: unknown, depth: number): Raw {
    const at = placeOf(node);
    values += 1;
    if (values > valuesMax) refuse(`more than ${valuesMax} values`, at);
    if (depth > depthMax) refuse('nested too deeply', at);
    if (isAlias(node)) return read(node.resolve(document), depth + 1);
    const tag = tagOf(node);
    if (tag === undefined) return plain(node, depth, at);
    if (!isTagName(tag)) return refuse(`authentik has no tag ${tag}`, at);
    const content = plain(node, depth, at);
    const form = tagForms[tag];
    if (content.kind === 'map' || !form.includes(content.kind === 'list' ? 'list' : 'text')) {
      refuse(`${tag} stands before a ${form}`, at);
    }
    return { kind: 'tag', tag, content, at };
  }

  function plain(node: unknown, depth: number, at: Place): Raw {
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => read(item, depth + 1)), at };
    if (isMap(node)) return { kind: 'map', entries: entriesOf(node.items, depth, at), at };
    if (!isScalar(node)) return { kind: 'value', value: null, at };
    const indent = node.type === 'BLOCK_LITERAL' ? indentOf(text.slice(node.range?.[0])) : undefined;
    return { kind: 'value', value: valueOf(node), ...(indent !== undefined && { indent }), at };
  }

  function entriesOf(pairs: readonly { key: unknown; value: unknown }[], depth: number, at: Place): Map<string, Raw> {
    const entries = new Map<string, Raw>();
    const merged = new Map<string, Raw>();
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(valueOf(key)) : refuse('a key must be a text', at);
      const item = read(value, depth + 1);
      // As in PyYAML, a key that is given twice has its last value, and what is merged in gives way to what is written.
      if (name === '<<') for (const [inner, raw] of mergedEntries(item)) merged.set(inner, raw);
      else entries.set(name, item);
    }
    for (const [name, raw] of merged) if (!entries.has(name)) entries.set(name, raw);
    return entries;
  }

  function placeOf(node: unknown): Place {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    const start = range?.[0] ?? 0;
    const tag = tagOf(node);
    // The library counts from behind the tag.
    return place(tag === undefined ? start : Math.max(0, text.lastIndexOf(tag, start)));
  }
}

function mergedEntries(raw: Raw): readonly (readonly [string, Raw])[] {
  if (raw.kind === 'map') return [...raw.entries];
  // The first of several mappings wins.
  if (raw.kind === 'list') return raw.items.toReversed().flatMap(mergedEntries);
  return refuse('<<: merges mappings', raw.at);
}

/** The blanks before the first line of a block text, which starts with its `|`. */
function indentOf(block: string): number {
  return /\n( *)[^ \n]/.exec(block)?.[1]?.length ?? 0;
}

function tagOf(node: unknown): string | undefined {
  const tag = isScalar(node) || isMap(node) || isSeq(node) ? node.tag : undefined;
  return tag === undefined || tag.startsWith('tag:yaml.org,') ? undefined : tag;
}

function valueOf({ value, source }: ScalarNode): Scalar {
  // The library's own sign for a merge key.
  if (typeof value === 'symbol') return '<<';
  // YAML 1.1 calls these booleans, PyYAML does not.
  if (typeof value === 'boolean' && source !== undefined && /^[yn]$/i.test(source)) return source;
  if (typeof value === 'bigint') return Number(value);
  // PyYAML makes dates of such texts; nothing that is imported has one.
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Without these the library calls the tags unknown; what they mean is decided in `resolve.ts`. */
const customTags: (ScalarTag | CollectionTag)[] = Object.keys(tagForms).flatMap((tag) => [
  { tag, resolve: (text: string) => text } satisfies ScalarTag,
  { tag, collection: 'seq', nodeClass: YAMLSeq } satisfies CollectionTag,
]);
