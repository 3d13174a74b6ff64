/**
 * Remembers the results of `make` for the last `max` texts. The texts may come from events, so the size is bounded; a result
 * that fell out is made again.
 */
export function memo<T>(max: number, make: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.value;
    const value = make(text);
    if (known.size >= max) forgetOldest(known, max / 16);
    known.set(text, { value });
    return value;
  };
}

/** Finding the oldest costs as much as finding some more, in a Map whose front is full of holes. */
function forgetOldest(known: Map<string, unknown>, count: number): void {
  let left = count;
  for (const text of known.keys()) {
    known.delete(text);
    left -= 1;
    if (left <= 0) return;
  }
}
