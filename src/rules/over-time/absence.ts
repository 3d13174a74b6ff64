import type { Draft } from './draft.ts';
import { Memory, type Kept } from './memory.ts';

/** Notices that nothing comes any more. */
export interface Absence {
  readonly of: 'events' | 'lines';
  readonly memory: Kept;
  /** Something came, by the clock that {@link Absence.due} goes by. */
  heard(nowMs: number): void;
  due(nowMs: number): readonly Draft[];
}

/** When something came last, and whether its absence was told. */
type Last = readonly [at: number, told: boolean];

const key = 'last';

/**
 * Fires once when nothing came for so long, and again only after something came. Waiting begins with the start of herald where nothing ever
 * came; the time in which herald did not run does not count.
 */
export function createAbsence(of: Absence['of'], forMs: number): Absence {
  const memory = new Memory<Last>();
  return { of, memory, heard, due };

  function heard(nowMs: number): void {
    memory.set(key, [nowMs, false]);
  }

  function due(nowMs: number): readonly Draft[] {
    const last = memory.get(key);
    // The clock was set back to the first event of a backlog, or nothing was ever heard.
    if (last === undefined || last[0] > nowMs) heard(nowMs);
    if (last === undefined || last[1] || nowMs < last[0] + forMs) return [];
    memory.set(key, [last[0], true]);
    return [{ kind: 'absence', key, count: 0, first: last[0], last: nowMs, facts: { of, for_seconds: forMs / 1000 } }];
  }
}
