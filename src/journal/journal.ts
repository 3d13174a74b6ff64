import type { KeyObject } from 'node:crypto';
import type { Delivery, Reason, Severity } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import type { FamilyCounts } from '../core/family.ts';
import type { Json } from '../core/json.ts';
import type { RuleChanges, RuleState } from '../core/rule-state.ts';
import type { EncodedEvent } from './encoded.ts';

export interface JournalOptions {
  /** The folder; made with mode 0700. */
  readonly path: string;
  readonly retentionMs: number;
  readonly maxBytes: number;
  readonly whenFull: 'block' | 'drop_oldest';
  /** Without it, nothing is encrypted. */
  readonly encryption?: Encryption;
}

/** Keys of a journal whose text is encrypted; see `parseKey`. */
export interface Encryption {
  /** What is written is encrypted with it; undefined: everything is brought back to plain text. */
  readonly key: KeyObject | undefined;
  /** Keys that older records may have. */
  readonly previous: readonly KeyObject[];
}

/** What opening needs from outside. */
export interface JournalDeps {
  /** Reads a stored event back; `redact/` owns it because it makes a {@link SafeEvent}. */
  readonly restore: (json: string) => SafeEvent;
  readonly nowMs: number;
  readonly log: JournalLog;
  /** SQLite reports a full disk at this many pages of the database; for tests. */
  readonly pagesMax?: number;
}

/** The part of the program's logger that the journal uses. */
export interface JournalLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** An event with what the rules decided about it. */
export interface JournalEntry {
  readonly event: EncodedEvent;
  readonly deliveries: readonly { readonly rule: string; readonly severity: Severity; readonly destination: string }[];
}

/** Everything that one read of a source brought: one transaction. */
export interface AppendBatch {
  readonly source: string;
  readonly entries: readonly JournalEntry[];
  readonly counts: FamilyCounts;
  /** Checkpoint key to value; `null` forgets one. */
  readonly checkpoints: ReadonlyMap<string, Json>;
  /** What changed of what rules remember (windows, groups). */
  readonly ruleState?: RuleChanges;
}

/** `full`: nothing was written, room must be made first (`when_full: block`). */
export type AppendResult =
  | {
      readonly status: 'done';
      readonly inserted: number;
      readonly duplicates: number;
      readonly shed: ReadonlyMap<string, number>;
    }
  | { readonly status: 'full' };

/**
 * A delivery under way. `seq` names it to {@link Journal.settle}; `bytes` is the event's JSON as stored, UTF-8; `firstDueAt` is when it was
 * written, ms.
 */
export interface Leased extends Delivery {
  readonly seq: number;
  /** The event's own time, ms, which needs no parsing. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly firstDueAt: number;
}

/** Deliveries of one destination that are under way, by the `seq` of the first and the last of them. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

export type Settlement =
  | { readonly seq: number; readonly state: 'delivered' }
  | {
      readonly seq: number;
      readonly state: 'retry';
      readonly dueAt: number;
      readonly reason: Reason;
      readonly detail?: string;
    }
  | { readonly seq: number; readonly state: 'dead'; readonly reason: Reason; readonly detail?: string };

/** How many deliveries came to this state, with the reason of all but the delivered ones. */
export interface Settled {
  readonly state: Settlement['state'];
  readonly reason: Reason | undefined;
  readonly count: number;
}

export interface QueueState {
  readonly pending: number;
  readonly dead: number;
  readonly delivered: number;
  readonly shed: number;
  /** All deliveries ever made for this destination = pending + dead + delivered + shed. */
  readonly made: number;
  /** When the oldest pending delivery's event happened, ms; undefined when none waits. */
  readonly oldestAt: number | undefined;
}

/** All conditions that are set must hold. The order is that of writing, not of the events' own times. */
export interface EventQuery {
  readonly action?: string;
  readonly user?: string;
  readonly clientIp?: string;
  /** The event's id or its first digits. */
  readonly id?: string;
  /** Words, or beginnings of words, that must all occur in the event's short text; case does not matter. */
  readonly search?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Only events written after this one; for following. */
  readonly afterSeq?: number;
  /** Only events written before this one; for paging back. */
  readonly beforeSeq?: number;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
}

export interface StoredEvent {
  readonly seq: number;
  readonly event: SafeEvent;
}

/** What became of an event for one rule and destination. */
export interface DeliveryRow {
  readonly seq: number;
  readonly eventId: string;
  readonly destination: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  /** When it is tried next, ms, or was last due; 0 before the first attempt failed, so that a clock set back delays nothing. */
  readonly dueAt: number;
  /** When its state last changed, ms. */
  readonly updatedAt: number;
  readonly reason: string | undefined;
  readonly detail: string | undefined;
}

export interface NotificationRow {
  readonly key: string;
  readonly eventId: string;
  readonly at: number;
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly summary: string;
}

/** What the records of the journal are encrypted with: ids of keys, or `plain`. */
export interface EncryptionState {
  /** What is written now. */
  readonly key: string;
  /** What other records may have: these keys are still needed. */
  readonly others: readonly string[];
  /** Records that were brought to the present key since the journal was opened. */
  readonly rewritten: number;
}

/** A corrupt file was put aside and a new journal begun with this many checkpoints of the old one. */
export interface Recovery {
  readonly asideAs: string;
  readonly checkpoints: number;
}

/** The questions that can be asked of a journal, by its owner and by others while it runs. */
export interface JournalQueries {
  /** Newest or oldest first in the order of writing, at most `limit` (and never more than 10,000). */
  search(query: EventQuery): readonly StoredEvent[];
  /** All deliveries of the events whose id begins so, for at most 10 events. */
  deliveriesOf(eventId: string): readonly DeliveryRow[];
  /** Deliveries that were given up, newest first. */
  deadLetters(options: { readonly destination?: string; readonly limit: number }): readonly DeliveryRow[];
  /** What the `local` destination was given, newest first. */
  notifications(limit: number): readonly NotificationRow[];
  queue(destination: string): QueueState;
  /** What rules remember. */
  ruleState(): RuleState;
  /** Names of all destinations that ever had a delivery. */
  destinations(): readonly string[];
  /** Lines ever counted per source and family. */
  lines(): ReadonlyMap<string, FamilyCounts>;
  /** Bytes in use in the database; space that is free inside the file does not count. */
  bytes(): number;
  close(): void;
}

/**
 * The durable middle: a batch is safe when {@link append} returns. Synchronous, because SQLite is.
 * Throws OperationalError (`disk_full`, `io`, …); the transaction is then as if it had not been.
 */
export interface Journal extends JournalQueries {
  append(batch: AppendBatch, nowMs: number): AppendResult;
  checkpoints(source: string): ReadonlyMap<string, Json>;
  /** Whether an event was written, and not pruned since. */
  has(event: { readonly id: string; readonly at: number }): boolean;
  /**
   * The next due deliveries of a destination in order, at most `items` and `bytes` of event JSON (but one always).
   * Changes nothing: until they are settled the same ones come again, unless they lie in a run that is `underWay`. Nothing is
   * leased behind one that is not due.
   */
  lease(
    destination: string,
    limit: { readonly items: number; readonly bytes: number },
    nowMs: number,
    underWay?: readonly Run[],
  ): readonly Leased[];
  /**
   * When the head of the destination's queue is due, ms (0: at once); undefined when it is empty. What was put off at a time that
   * is still to come is due at once: the clock was set back.
   */
  nextDue(destination: string, nowMs: number): number | undefined;
  /** Deliveries that are not pending any more (they were shed meanwhile) are left alone, and not among what is returned. */
  settle(destination: string, settlements: readonly Settlement[], nowMs: number): readonly Settled[];
  /** Durable with the next {@link settle}, that of its own delivery at the latest. One per key, however often it is put. */
  putNotification(item: NotificationRow): void;
  /** One small piece of upkeep (index the short text, prune, give space back); true while there is more to do. */
  maintain(nowMs: number): boolean;
  /** Undefined when no key is configured. */
  encryption(): EncryptionState | undefined;
  /** The last corrupt file that was put aside since this journal was opened. */
  recovered(): Recovery | undefined;
}
