import type { Delivery, Reason, Severity } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import type { Family, FamilyCounts } from '../core/family.ts';
import type { Json } from '../core/json.ts';

export interface JournalOptions {
  /** The folder; made with mode 0700. */
  readonly path: string;
  readonly retentionMs: number;
  readonly maxBytes: number;
  readonly whenFull: 'block' | 'drop_oldest';
}

/** An event with what the rules decided about it. */
export interface JournalEntry {
  readonly event: SafeEvent;
  readonly deliveries: readonly { readonly rule: string; readonly severity: Severity; readonly destination: string }[];
}

/** Everything that one read of a source brought: one transaction. */
export interface AppendBatch {
  readonly source: string;
  readonly entries: readonly JournalEntry[];
  readonly counts: FamilyCounts;
  /** Checkpoint key to value; `null` forgets one. */
  readonly checkpoints: ReadonlyMap<string, Json>;
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

/** A delivery under way. `seq` names it to {@link Journal.settle}; `json` is the event as stored; `bytes` its length. */
export interface Leased extends Delivery {
  readonly seq: number;
  readonly json: string;
  readonly firstDueAt: number;
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

export interface EventQuery {
  readonly action?: string;
  readonly user?: string;
  readonly clientIp?: string;
  readonly id?: string;
  /** Words that must all occur in the event's short text. */
  readonly search?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Only events written after this one; for following. */
  readonly afterSeq?: number;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
}

export interface StoredEvent {
  readonly seq: number;
  readonly event: SafeEvent;
}

/**
 * The durable middle: a batch is safe when {@link append} returns. Synchronous, because SQLite is.
 * Throws OperationalError (`disk_full`, `io`, …); the transaction is then as if it had not been.
 */
export interface Journal {
  append(batch: AppendBatch, nowMs: number): AppendResult;
  checkpoints(source: string): ReadonlyMap<string, Json>;
  /** The next due deliveries of a destination in order, at most `items` and `bytes` of event JSON (but one always). */
  lease(destination: string, limit: { items: number; bytes: number }, nowMs: number): readonly Leased[];
  /** When the head of the destination's queue is due, ms; undefined when it is empty. */
  nextDue(destination: string): number | undefined;
  settle(destination: string, settlements: readonly Settlement[], nowMs: number): void;
  queue(destination: string): QueueState;
  /** Lines ever counted per source and family. */
  lines(): ReadonlyMap<string, { readonly [F in Family]?: number }>;
  putNotification(item: NotificationRow): void;
  search(query: EventQuery): readonly StoredEvent[];
  bytes(): number;
  /** One small piece of upkeep (index the short text, prune, give space back); true while there is more to do. */
  maintain(nowMs: number): boolean;
  close(): void;
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
