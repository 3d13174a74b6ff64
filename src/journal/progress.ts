import type { Json } from '../core/json.ts';
import { CorruptError } from './failure.ts';
import { text } from './row.ts';
import type { Store } from './store.ts';

/** All checkpoints of a source. */
export function readCheckpoints({ sql }: Store, source: string): ReadonlyMap<string, Json> {
  return new Map(sql.checkpoints.all(source).map((row) => [text(row, 'key'), parse(text(row, 'value'))] as const));
}

function parse(json: string): Json {
  try {
    const value: Json = JSON.parse(json);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) throw new CorruptError('a checkpoint is no JSON');
    throw error;
  }
}
