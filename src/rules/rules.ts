import type { Notification } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import type { RuleChanges, RuleState } from '../core/rule-state.ts';
import type { Alert } from './alert.ts';
import type { RuleExplanation } from './explain-rule.ts';
import type { Suppression } from './loop.ts';
import type { HeldReason } from './over-time/course.ts';

/** What the rules decided about one event. */
export interface Evaluation {
  /** The rules that fired, in the user's order. */
  readonly notifications: readonly Notification[];
  /** Names of rules with an expression that failed where it mattered; they may have fired all the same. */
  readonly errors: readonly string[];
  /** Why rules were kept from firing. */
  readonly suppressed?: Suppression;
  /** Messages about several events, that this one completed or that are due now. */
  readonly alerts?: readonly Alert[];
  /** Rules that fired and whose notification was held back. */
  readonly held?: readonly Held[];
}

/** A notification that was held back, for this reason. */
export interface Held {
  readonly rule: string;
  readonly reason: HeldReason | 'silence';
}

/** Every rule's reasons, for `herald try`. */
export interface Explanation {
  readonly suppressed?: Suppression;
  readonly rules: readonly RuleExplanation[];
}

/**
 * The compiled rules. Deterministic: the same events at the same times in the same order give the same notifications. Never throws.
 * Rules that look at several events remember; whoever keeps the events keeps `changes()` with them, in one transaction.
 */
export interface Rules {
  /** True when there is anything to remember or to wait for. */
  readonly overTime: boolean;
  evaluate(event: SafeEvent, nowMs: number): Evaluation;
  /** Lines of any kind were read. */
  heard(nowMs: number): void;
  /** What is to be told because time has passed. */
  due(nowMs: number): readonly Alert[];
  /** What changed in memory since the last call. To be written down before anything is evaluated: the values are those in memory. */
  changes(): RuleChanges;
  /** Remembers what was written down, and nothing else: at the start, and after a batch that could not be written. */
  restore(state: RuleState): void;
  /** How many keys each rule had to forget for room since the last call; without the rules that had none to. */
  takeEvictions(): ReadonlyMap<string, number>;
  /** As `evaluate` would decide next, with reasons, and without remembering anything. */
  explain(event: SafeEvent, nowMs: number): Explanation;
}
