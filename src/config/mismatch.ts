import type { Path } from './path.ts';

/** Something that does not fit its schema. `at` tells whether the key or the value is to be pointed at. */
export interface Mismatch {
  /** Below the value that was checked. */
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
}
