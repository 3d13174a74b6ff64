import { addCounts } from '../../core/family.ts';
import type { Decoded } from '../../decode/decoder.ts';

/** What a read brought that completed no line. */
export const nothing: Decoded = { events: [], counts: {}, newest: undefined };

/** What came first and what came then as one. */
export function joined(first: Decoded, then: Decoded): Decoded {
  if (first === nothing) return then;
  if (then === nothing) return first;
  const counts = { ...first.counts };
  addCounts(counts, then.counts);
  return { events: [...first.events, ...then.events], counts, newest: then.newest ?? first.newest };
}
