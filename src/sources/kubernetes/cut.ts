/** A signal of its own for one piece of work: it aborts with any of the others, or alone. */
export interface Cut {
  readonly signal: AbortSignal;
  abort(): void;
  /** To be called when the work has ended: takes the listeners off signals that live longer. */
  release(): void;
}

export function createCut(...others: readonly AbortSignal[]): Cut {
  const own = new AbortController();
  const abort = (): void => own.abort();
  for (const other of others) {
    if (other.aborted) abort();
    other.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: own.signal,
    abort,
    release() {
      for (const other of others) other.removeEventListener('abort', abort);
    },
  };
}
