import type { Schema } from '../core/schema.ts';
import type { Path } from './path.ts';
import type { Report } from './report.ts';
import type { Tree } from './tree.ts';
import { validate } from './validate.ts';
import { coerce } from './value.ts';

/** Checks parts of a file against their schemas and reports by path. */
export interface Reader {
  /** The value, ready to be loaded by the same schema; undefined when something in it is wrong, which is then reported. */
  check(schema: Schema, value: unknown, path: Path): unknown;
  problem(path: Path, message: string, at?: 'key' | 'value'): void;
  /** A problem in the words of a component, which may quote what is secret. */
  foreignProblem(path: Path, message: string): void;
  warning(path: Path, message: string, at?: 'key' | 'value'): void;
  /** The line where a value starts. */
  line(path: Path): number;
}

/** A reader of one file. */
export function createReader(tree: Tree, report: Report): Reader {
  const placeOf = (path: Path, at: 'key' | 'value') => (at === 'key' ? tree.placeOfKey(path) : tree.place(path));
  const seen = {
    interpolated: (path: Path) => tree.interpolated(path),
    secret: (value: string) => report.hide(value),
  };
  return {
    check(schema, value, path) {
      const coerced = coerce(schema, value, path, seen);
      const mismatches = validate(schema, coerced);
      for (const mismatch of mismatches) {
        const full = [...path, ...mismatch.path];
        // What is wrong with it is said already; what it would have been is not known.
        if (mismatch.at === 'value' && tree.unresolved(full)) continue;
        report.problem(placeOf(full, mismatch.at), full, mismatch.message);
      }
      return mismatches.length === 0 ? coerced : undefined;
    },
    problem: (path, message, at = 'value') => report.problem(placeOf(path, at), path, message),
    foreignProblem: (path, message) => report.problem(placeOf(path, 'value'), path, report.mask(message)),
    warning: (path, message, at = 'value') => report.warning(placeOf(path, at), path, message),
    line: (path) => tree.place(path).line,
  };
}
