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
    if (known.size >= max) {
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    }
    known.set(text, { value });
    return value;
  };
}
