import { EvaluationError } from '@marcbachmann/cel-js';

const listLengthMax = 1000;
const stepsMax = 20_000;

// Evaluation is synchronous and never nests, so one counter serves all expressions.
let stepsLeft = stepsMax;

/** Starts the count of one evaluation. */
export function startBudget(): void {
  stepsLeft = stepsMax;
}

/** Passes on what a comprehension is about to walk; throws when the list, or all lists of this evaluation together, are too long. */
export function charge(range: unknown): unknown {
  const length = lengthOf(range);
  if (length > listLengthMax) throw limit(`a list of ${length} items is too long to walk (at most ${listLengthMax})`);
  stepsLeft -= length;
  if (stepsLeft < 0) throw limit(`more than ${stepsMax} steps`);
  return range;
}

function lengthOf(range: unknown): number {
  if (Array.isArray(range)) return range.length;
  if (range instanceof Map || range instanceof Set) return range.size;
  return typeof range === 'object' && range !== null ? Object.keys(range).length : 0;
}

function limit(message: string): EvaluationError {
  return new EvaluationError({ code: 'limit', message });
}
