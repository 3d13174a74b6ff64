import { statSync } from 'node:fs';

/** Which file stands at a path. A descriptor goes on with its file when that has been removed or moved; the path then has none or another. */
export interface Place {
  readonly path: string;
  readonly ino: number;
}

/** What stands there now; undefined when nothing does. */
export function placeOf(path: string): Place | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && { path, ino: stats.ino };
}

/** Those of the paths where something stands. */
export function placesOf(paths: readonly string[]): readonly Place[] {
  return paths.map(placeOf).filter((place) => place !== undefined);
}

/** By inode, as SQLite does it: the number of a device is another after some mounts. */
export function isInPlace({ path, ino }: Place): boolean {
  return placeOf(path)?.ino === ino;
}

/** Files of the open journal have been removed or moved. Never leaves this folder: what is open is written back. */
export class MissingError extends Error {
  constructor(missing: readonly Place[]) {
    super(`${missing.map(({ path }) => path).join(', ')}: removed or moved`);
    this.name = 'MissingError';
  }
}

/** Throws {@link MissingError} when one of them is not there any more. */
export function requireInPlace(places: readonly Place[]): void {
  const missing = places.filter((place) => !isInPlace(place));
  if (missing.length > 0) throw new MissingError(missing);
}
