/** The known name that `name` was probably meant to be, or undefined when none is near. */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > nameLengthMax) return undefined;
  const wanted = normal(name);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    if (candidate.length > nameLengthMax) continue;
    const distance = editDistance(wanted, normal(candidate));
    if (distance < bestDistance && distance <= tolerance(name, candidate)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` (did you mean "url"?)`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const found = suggest(name, known);
  return found === undefined ? '' : ` (did you mean ${JSON.stringify(found)}?)`;
}

// A name longer than this is no typing mistake, and the distance costs the product of both lengths.
const nameLengthMax = 64;

/** People mix up `maxAge`, `max-age` and `max_age`. */
function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, '');
}

/** One edit in a short name, two in a middle one, a third of a long one. */
function tolerance(a: string, b: string): number {
  return Math.max(1, Math.floor(Math.max(a.length, b.length) / 3));
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? at(before, column - 2) + 1
          : replaced;
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped));
    }
    before = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
