import type { Scope } from '../../expression/expression.ts';
import type { Draft } from './draft.ts';
import type { Kept } from './memory.ts';

/** Something that may hold a notification back. What it held it gives out later, as messages of herald's own. */
export interface Gate {
  readonly memory: Kept;
  /** `atMs` is the event's time, `nowMs` the time that {@link Gate.due} goes by. The drafts are to be sent, whether this one is held or not. */
  take(scope: Scope, atMs: number, nowMs: number): { readonly held: boolean; readonly drafts: readonly Draft[] };
  /** What it remembers for this event's key, in words. */
  state(scope: Scope): string;
  /** What is to be told by this time, which moves with the events while a backlog is read. */
  due(nowMs: number): readonly Draft[];
}
