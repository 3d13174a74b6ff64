import type { Problem } from '../core/errors.ts';
import { formatPath, type Path } from './path.ts';

/** Where something stands in the file, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Gathers what is wrong, so that the user sees it all at once. */
export interface Report {
  problem(place: Place, path: Path, message: string): void;
  warning(place: Place, path: Path, message: string): void;
  /** Remembers a text that no message may contain: a secret, or what was put in from the environment or a file. */
  hide(value: string): void;
  /** A message of a component, which may quote its options, without what is to be hidden. */
  mask(message: string): string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** A report on one file. Both lists come in the order of the file, without repetitions. */
export function createReport(file: string): Report {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const hidden = new Set<string>();
  const finish = (list: readonly Problem[]): readonly Problem[] =>
    distinct(list).sort((a, b) => a.line - b.line || a.column - b.column);
  return {
    problem(place, path, message) {
      if (problems.length < problemsMax) problems.push({ file, ...place, path: formatPath(path), message });
    },
    warning(place, path, message) {
      if (warnings.length < problemsMax) warnings.push({ file, ...place, path: formatPath(path), message });
    },
    hide(value) {
      for (const line of value.split(/\r?\n/)) if (line.length >= hiddenLengthMin) hidden.add(line);
    },
    mask: (message) => maskAll(message, hidden),
    get problems() {
      return finish(problems);
    },
    get warnings() {
      return finish(warnings);
    },
  };
}

// Nobody reads more, and a broken file of a megabyte has more.
const problemsMax = 500;

// Shorter texts are no secrets, and hiding "a" everywhere would make messages unreadable.
const hiddenLengthMin = 4;

function maskAll(message: string, hidden: ReadonlySet<string>): string {
  let out = message;
  for (const value of [...hidden].sort((a, b) => b.length - a.length)) {
    out = out.replaceAll(value, '***').replaceAll(JSON.stringify(value).slice(1, -1), '***');
  }
  return out;
}

function distinct(list: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of list) seen.set(`${problem.line}:${problem.column}:${problem.path}:${problem.message}`, problem);
  return [...seen.values()];
}
