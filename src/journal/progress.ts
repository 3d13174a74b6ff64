import type { Json } from '../core/json.ts';
import { json, text } from './row.ts';
import type { Store } from './store.ts';

/** All checkpoints of a source. */
export function readCheckpoints({ sql }: Store, source: string): ReadonlyMap<string, Json> {
  return new Map(sql.checkpoints.all(source).map((row) => [text(row, 'key'), json(row, 'value')] as const));
}
