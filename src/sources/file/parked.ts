import { statOrMissing } from './errno.ts';

/** A place in a file. */
export interface Place {
  readonly dev: number;
  readonly ino: number;
  readonly bytes: number;
}

/** Logs that are closed because many others are open; their files are looked at from outside. */
export class Parked {
  readonly #places = new Map<string, Place>();

  has(path: string): boolean {
    return this.#places.has(path);
  }

  /** The log was read up to this place. */
  add(path: string, place: Place): void {
    this.#places.set(path, place);
  }

  delete(path: string): void {
    this.#places.delete(path);
  }

  /** Those whose file is another one or has another size. */
  async changed(): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const [path, { dev, ino, bytes }] of this.#places) {
      const now = await statOrMissing(path).catch(() => undefined);
      if (now !== undefined && (now.dev !== dev || now.ino !== ino || now.size !== bytes)) changed.push(path);
    }
    return changed;
  }
}
