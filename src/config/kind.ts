import { isObject } from '../core/json.ts';
import type { Path } from './path.ts';
import type { Reader } from './reader.ts';
import { didYouMean } from '../core/suggest.ts';

/** The kind that an entry names with `type`; undefined when there is none, which is then reported. */
export function kindOf<K extends { readonly type: string }>(
  entry: unknown,
  path: Path,
  kinds: readonly K[],
  reader: Reader,
): K | undefined {
  const types = kinds.map(({ type }) => type);
  if (!isObject(entry)) {
    reader.problem(path, `expected a mapping with a "type": ${types.join(', ')}`);
    return undefined;
  }
  const type = Object.hasOwn(entry, 'type') ? entry['type'] : undefined;
  const kind = kinds.find((candidate) => candidate.type === type);
  if (kind !== undefined) return kind;
  if (typeof type === 'string') {
    const hint = didYouMean(type, types);
    reader.problem([...path, 'type'], `unknown type${hint === '' ? `; known: ${types.join(', ')}` : hint}`);
  } else {
    reader.problem([...path, 'type'], `required (one of ${types.join(', ')})`, 'key');
  }
  return undefined;
}
