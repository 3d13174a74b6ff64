import type { Logger } from 'pino';
import type { Readable } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import type { Event } from '../core/event.ts';
import type { FamilyCounts } from '../core/family.ts';
import type { Json } from '../core/json.ts';
import type { Infer, ObjectSchema } from '../core/schema.ts';

/** What a source hands over at once: it is committed as a whole, with the place to go on from. */
export interface SourceBatch {
  readonly events: readonly Event[];
  readonly counts: FamilyCounts;
  /** Time of the newest line, ms. */
  readonly newest: number | undefined;
  /** Key (a file's identity) and value of the checkpoints that these events move. `null` forgets one. */
  readonly checkpoints: ReadonlyMap<string, Json>;
}

export interface SourceDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stdin: Readable;
  /** Checkpoints of this source that the journal holds. */
  readonly checkpoints: ReadonlyMap<string, Json>;
  /** Resolves when the batch is safe on disk; waits while the journal is full. Rejects with OperationalError. */
  accept(batch: SourceBatch): Promise<void>;
  /** Bytes that are written but not read yet. */
  lag(bytes: number): void;
}

export interface Source {
  /**
   * Reads until the signal aborts (then: no further reading, the batch under way is finished) or the input ends for good
   * (stdin). Rejects with OperationalError when the world refuses; the supervisor starts a new one later.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** A kind of source as one value. `schema` has its own options; `type` and `name` are common to all. */
export interface SourceKind {
  readonly type: string;
  readonly summary: string;
  readonly schema: ObjectSchema;
  /** As the user would write it, without `type`. */
  readonly example: { readonly [key: string]: unknown };
  /** Opens nothing and schedules nothing. `config` is what the schema was loaded to. */
  create(config: unknown, deps: SourceDeps): Source;
}

/** A source kind as its file declares it: `create` gets the type that is derived from the schema. */
export interface SourceSpec<S extends ObjectSchema> extends Pick<SourceKind, 'type' | 'summary' | 'example'> {
  readonly schema: S;
  create(config: Infer<S>, deps: SourceDeps): Source;
}

/** Checks a declaration against its own schema and forgets the particular type, so that one list can hold all kinds. */
export function defineSource<const S extends ObjectSchema>(spec: SourceSpec<S>): SourceKind {
  return spec;
}
