import type { DatabaseSync } from 'node:sqlite';
import type { SafeEvent } from '../core/event.ts';
import type { Codec } from './codec.ts';
import { blob, hex, int, type Row } from './row.ts';

/** An open database and how its texts are read. */
export interface Contents {
  readonly db: DatabaseSync;
  readonly codec: Codec;
  readonly restore: (json: string) => SafeEvent;
}

/** The JSON of an event, from a row with `seq`, `id` and `body` as bytes. */
export function bodyOf(codec: Codec, row: Row): Buffer {
  return codec.open(['event', int(row, 'seq'), hex(row, 'id')], blob(row, 'body'));
}
