import type { SQLOutputValue } from 'node:sqlite';
import type { Json } from '../core/json.ts';
import { CorruptError } from './failure.ts';

/** A result row; statements that return arrays are read by position. */
export type Row = Record<string | number, SQLOutputValue>;

/** The integer in a column. A journal that holds something else there is corrupt. */
export function int(row: Row, column: string | number): number {
  const value = row[column];
  if (typeof value !== 'number') throw new CorruptError(`column ${column} holds no number`);
  return value;
}

/** The text in a column. A journal that holds something else there is corrupt. */
export function text(row: Row, column: string | number): string {
  const value = row[column];
  if (typeof value !== 'string') throw new CorruptError(`column ${column} holds no text`);
  return value;
}

/** The text in a column that may be empty. */
export function optionalText(row: Row, column: string | number): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

/** What a column holds as JSON. A journal that holds something else there is corrupt. */
export function json(row: Row, column: string | number): Json {
  return parsed(text(row, column), column);
}

/** The JSON in a text out of a column. */
export function parsed(value: string, column: string | number): Json {
  try {
    const json: Json = JSON.parse(value);
    return json;
  } catch (error) {
    if (error instanceof SyntaxError) throw new CorruptError(`column ${column} holds no JSON`);
    throw error;
  }
}

/** The bytes in a column. */
export function blob(row: Row, column: string | number): Buffer {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new CorruptError(`column ${column} holds no bytes`);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** The bytes in a column, in hexadecimal. */
export function hex(row: Row, column: string | number): string {
  return blob(row, column).toString('hex');
}
