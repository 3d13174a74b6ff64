/** One thing wrong with the configuration, with its place in the file. `line` and `column` count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The key, as `destinations.siem.url` or `rules[2].policies[0].expression`. */
  readonly path: string;
  readonly message: string;
}

/** The user's mistake: every problem at once. Exit code 78. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** `config.yaml:12:5 destinations.siem.url: required`. */
export function formatProblem(problem: Problem): string {
  const where = `${problem.file}:${problem.line}:${problem.column}`;
  return problem.path === '' ? `${where} ${problem.message}` : `${where} ${problem.path}: ${problem.message}`;
}

/** What the world can refuse us. `code` is a closed set, fit for a metric label. */
export type OperationalCode =
  | 'journal_locked'
  | 'journal_unwritable'
  | 'journal_newer'
  | 'journal_key'
  | 'disk_full'
  | 'io'
  | 'permission'
  | 'listen'
  | 'source_failed';

/** The world refuses: disk full, permission, a port in use. Supervised and retried where that can help. */
export class OperationalError extends Error {
  readonly code: OperationalCode;
  constructor(code: OperationalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperationalError';
    this.code = code;
  }
}

/** Our bug. Exit code 70; the journal makes a crash safe. */
export class InvariantError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvariantError';
  }
}

/** Closes a `switch` over a union: a case that was forgotten does not compile. */
export function unreachable(value: never): never {
  throw new InvariantError(`unexpected value ${JSON.stringify(value)}`);
}
