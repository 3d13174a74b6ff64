import { isObject } from '../core/json.ts';
import type { SourceKind } from '../sources/source.ts';
import type { SourceConfig } from './config.ts';
import { fingerprint } from './fingerprint.ts';
import { kindOf } from './kind.ts';
import type { Reader } from './reader.ts';
import { sourceSchema } from './schema.ts';
import { load } from './value.ts';

/** Reads `sources`: at least one, each with a name of its own. */
export function readSources(value: unknown, kinds: readonly SourceKind[], reader: Reader): readonly SourceConfig[] {
  const path = ['sources'];
  if (value === undefined || value === null) {
    reader.problem(path, 'required: a list with at least one source', 'key');
    return [];
  }
  if (!Array.isArray(value)) {
    reader.problem(path, 'expected a list: start each source with "- type: …"');
    return [];
  }
  if (value.length === 0) reader.problem(path, 'at least one source is needed');
  const taken = new Map<string, number>();
  return value.flatMap((entry: unknown, index) => {
    const source = readSource(entry, index, kinds, reader);
    const name = source?.name ?? nameOf(entry);
    if (name === undefined) return [];
    const first = taken.get(name);
    taken.set(name, first ?? index);
    if (first !== undefined) {
      const at = reader.line(['sources', first]);
      reader.problem(
        ['sources', index, 'name'],
        `the name ${JSON.stringify(name)} is taken by the source of line ${at}: give this one a "name"`,
      );
    }
    return source === undefined ? [] : [source];
  });
}

function readSource(
  entry: unknown,
  index: number,
  kinds: readonly SourceKind[],
  reader: Reader,
): SourceConfig | undefined {
  const path = ['sources', index];
  const kind = kindOf(entry, path, kinds, reader);
  if (kind === undefined) return undefined;
  const checked = reader.check(sourceSchema(kind), entry, path);
  if (checked === undefined) return undefined;
  return {
    name: nameOf(checked) ?? kind.type,
    kind,
    options: load(kind.schema, checked),
    fingerprint: fingerprint(entry),
  };
}

/** The name of an entry; of one with mistakes too, so that its neighbours are checked all the same. */
function nameOf(entry: unknown): string | undefined {
  if (!isObject(entry)) return undefined;
  const name = entry['name'] ?? entry['type'];
  return typeof name === 'string' ? name : undefined;
}
