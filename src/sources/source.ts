import type { Logger } from 'pino';
import type { Readable } from 'node:stream';
import type { Clock, Random } from '../core/clock.ts';
import type { Event } from '../core/event.ts';
import type { FamilyCounts } from '../core/family.ts';
import type { Json } from '../core/json.ts';
import type { Infer, ObjectSchema } from '../core/schema.ts';

/** What a source hands over at once: it is committed as a whole, with the place to go on from. */
export interface SourceBatch {
  /** Whoever accepts them takes them out. */
  readonly events: Event[];
  readonly counts: FamilyCounts;
  /** Time of the newest line, ms. */
  readonly newest: number | undefined;
  /** Key (a file's identity) and value of the checkpoints that these events move. `null` forgets one. */
  readonly checkpoints: ReadonlyMap<string, Json>;
}

export interface SourceDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly stdin: Readable;
  /** The environment of the process. */
  readonly env: { readonly [name: string]: string | undefined };
  /** Checkpoints of this source that the journal holds. */
  readonly checkpoints: ReadonlyMap<string, Json>;
  /**
   * Resolves when the batch is safe on disk; waits while the journal is full. Rejects with OperationalError. Once `stop` of
   * {@link Source.run} aborts it waits no more: the batch may then not be written, and nothing may be read after it.
   */
  accept(batch: SourceBatch): Promise<void>;
  /** Bytes that are written and not accepted yet. */
  lag(bytes: number): void;
}

export interface Source {
  /**
   * Reads until the input ends for good (stdin) or one of the signals aborts. `drain`: what is written by now is still read to
   * its end, because the container that wrote it may be gone with its log before the next start; what is written later is left.
   * `stop`, after `drain` when that takes too long, or together with it when another source goes on from the checkpoint: no
   * further reading, the batch under way is finished. Rejects with OperationalError when the world refuses; the supervisor
   * starts a new one later.
   */
  run(drain: AbortSignal, stop: AbortSignal): Promise<void>;
}

/** A kind of source as one value. `schema` has its own options; `type` and `name` are common to all. */
export interface SourceKind {
  readonly type: string;
  readonly summary: string;
  readonly schema: ObjectSchema;
  /** As the user would write it, without `type`. */
  readonly example: { readonly [key: string]: unknown };
  /** Its input cannot be opened a second time, so that a changed one counts from the next start of the process. */
  readonly once?: boolean;
  /** Opens nothing and schedules nothing. `config` is what the schema was loaded to. */
  create(config: unknown, deps: SourceDeps): Source;
}

/** A source kind as its file declares it: `create` gets the type that is derived from the schema. */
export interface SourceSpec<S extends ObjectSchema> extends Pick<SourceKind, 'type' | 'summary' | 'example' | 'once'> {
  readonly schema: S;
  create(config: Infer<S>, deps: SourceDeps): Source;
}

/** Checks a declaration against its own schema and forgets the particular type, so that one list can hold all kinds. */
export function defineSource<const S extends ObjectSchema>(spec: SourceSpec<S>): SourceKind {
  return spec;
}
