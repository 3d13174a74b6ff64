import type { Scope } from '../../expression/expression.ts';
import type { Draft } from './draft.ts';
import type { Kept } from './memory.ts';

/** What a condition says about an event: not (yet), or met, with what there is to tell beyond the event itself. */
export type Observed = 'unmet' | { readonly draft: Draft | undefined };

/** Something that must hold over several events. Sees every event that the rule's policies pass, and remembers. */
export interface Condition {
  readonly memory: Kept;
  /** `atMs` is the event's time, never far ahead of the clock. */
  observe(scope: Scope, atMs: number): Observed;
  /** What it remembers for this event's key, in words. */
  state(scope: Scope): string;
}
