/** How far pruning has looked, so that it never walks over the same pending rows twice. */
export interface Ageing {
  /** Below this there is no event without a pending or dead delivery, but for those in `reopened`. */
  historyFrom: number;
  /** Below this there is no event with a dead and no pending delivery, but for those in `reopenedDead`. */
  deadFrom: number;
  readonly reopened: Set<number>;
  readonly reopenedDead: Set<number>;
}

/** More than this are not remembered one by one: pruning then looks from the beginning again. */
const reopenedMax = 100_000;

/** A delivery of this event is not pending any more: the event may be prunable although pruning has passed it. */
export function reopen(ageing: Ageing, seq: number): void {
  if (seq < ageing.historyFrom) ageing.reopened.add(seq);
  else if (seq < ageing.deadFrom) ageing.reopenedDead.add(seq);
  if (ageing.reopened.size + ageing.reopenedDead.size > reopenedMax) startOver(ageing);
}

/** Forgets how far pruning has looked: a transaction was rolled back, or there is too much to remember. */
export function startOver(ageing: Ageing): void {
  ageing.reopened.clear();
  ageing.reopenedDead.clear();
  ageing.historyFrom = 0;
  ageing.deadFrom = 0;
}
