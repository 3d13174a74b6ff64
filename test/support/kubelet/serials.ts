import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The serials in all files of the log, compressed ones too. */
export function serialsOnDisk(folder: string): readonly number[] {
  const serials = readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return [...text.matchAll(/"event":"Created Event".*"pk":(\d+),.*\}$/gm)].map(([, serial]) => Number(serial));
  });
  return serials.toSorted((a, b) => a - b);
}

/** The serials of so many events. */
export const serialsBelow = (events: number): readonly number[] =>
  Array.from({ length: events }, (_, serial) => serial);
