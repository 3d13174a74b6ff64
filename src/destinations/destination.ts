import type { Clock } from '../core/clock.ts';
import type { Delivery, Reason, SendResult } from '../core/delivery.ts';
import type { Infer, ObjectSchema } from '../core/schema.ts';
import type { TlsOptions } from '../net/tls.ts';

/** Options that every destination has; `net/` and the delivery loop take them, a destination only passes them on. */
export interface CommonOptions {
  readonly timeoutMs: number;
  readonly tls: TlsOptions;
  /** URL of an HTTP proxy, with its credentials if any. */
  readonly proxy: string | undefined;
  /** Link-local addresses and clouds' metadata services may be connected to. */
  readonly allowLinkLocal?: boolean;
}

/** Where `local` puts a notification: herald's own list. */
export interface Inbox {
  put(item: InboxItem): void;
}

export interface InboxItem {
  readonly key: string;
  readonly eventId: string;
  readonly at: number;
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly summary: string;
}

export interface DestinationDeps {
  readonly name: string;
  readonly instance: string;
  /** authentik's own address without a trailing slash, for links. */
  readonly authentikUrl: string | undefined;
  /** What to do when a rule fires, in the user's words. */
  readonly runbook: (rule: string) => string | undefined;
  readonly clock: Clock;
  readonly common: CommonOptions;
  readonly inbox: Inbox;
  /** Writes to standard output; resolves when it is taken. */
  readonly stdout: (text: string) => Promise<void>;
  /** Standard output is a terminal that shows colours. */
  readonly colours: boolean;
}

export interface Destination {
  /**
   * One attempt: renders, sends, classifies. Never retries, sleeps, logs or counts; never rejects but for a bug.
   * The batch has 1 to `limits.items` deliveries in order. Aborting ends it within 100 ms with a `retry` result.
   */
  send(batch: readonly Delivery[], signal: AbortSignal): Promise<SendResult>;
  /** Closes connections; nothing is under way when it is called. */
  close(): Promise<void>;
}

/** How the delivery loop treats a kind unless the user says otherwise. */
export interface DeliveryPolicy {
  /** Most deliveries of one `send`. */
  readonly items: number;
  /** Most bytes of event JSON of one `send`. */
  readonly bytes: number;
  /** How long a batch that is not full waits for more. */
  readonly waitMs: number;
  /** Older deliveries are given up; undefined never does. 24 h for chat kinds. */
  readonly maxAgeMs: number | undefined;
  /** Most batches in flight at once. Above 1 they may arrive in any order: only for receivers to which that means nothing. Default: 1. */
  readonly concurrency?: number;
  /** After a 429, what is waiting goes out as one digest message of up to this many; 1 for kinds without a digest. */
  readonly digest: number;
}

/**
 * What people are told about a kind. Its page in docs/destinations/ is generated from this, the options and the policy; the
 * contract tests play the samples of `failures` to the destination, so that the table is what the code does. Texts are Markdown.
 */
export interface Guide {
  /** How it works and what to know before using it, a paragraph each. */
  readonly notes: readonly string[];
  /** In which order the receiver gets events, and how many requests are under way at once. */
  readonly order: string;
  /** By what the receiver knows a delivery that came twice; or that it cannot. */
  readonly idempotency: string;
  /** The service's own limits, and what becomes of what is larger. */
  readonly limits: readonly string[];
  /** Every answer that is not plain success. `herald send-test` explains a failure with the rows of its reason. */
  readonly failures: readonly Failure[];
}

/** One row of the failure table. */
export interface Failure {
  /** What came, as an operator sees it: `429`, `403 invalid_token`, `no answer`. */
  readonly when: string;
  /** What it means and what to do about it. */
  readonly meaning: string;
  /** What herald makes of it. */
  readonly outcome: FailureOutcome;
  /** The reason in metrics and dead letters; undefined for what is delivered in spite of the answer. */
  readonly reason: Reason | undefined;
  /** Such an answer, for the tests. Rows about the connection have none: the contract tests make those happen. */
  readonly sample?: HttpSample | LineSample;
}

/**
 * `retried` after a growing wait or the one that was asked for; `held`: asked again every two minutes, nothing is given up;
 * `split`: again at once in smaller batches; `item by item`: some delivered, some not; `dead letter`: given up.
 */
export type FailureOutcome = 'delivered' | 'retried' | 'held' | 'split' | 'item by item' | 'dead letter';

export interface HttpSample {
  readonly status: number;
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
  /** How many deliveries the request carries. Default: 1. */
  readonly batch?: number;
  /** Options that the example lacks and the row needs. */
  readonly options?: { readonly [key: string]: unknown };
}

/** A reply of a protocol of lines (SMTP) to one of its commands. */
export interface LineSample {
  readonly command: string;
  readonly reply: string;
}

/** Something that the receiver needs: a file to install there, a query to run, or steps to take. */
export interface SetupBlock {
  readonly title: string;
  /** How to colour it; `markdown` is prose for people and is not fenced. */
  readonly language: 'markdown' | 'text' | 'json' | 'yaml' | 'ini' | 'sh';
  /** What to call the file, where it is one. */
  readonly file?: string;
  readonly text: string;
}

/** A kind of destination as one value. `schema` has its own options; `type` and the common ones are added by `config/`. */
export interface DestinationKind {
  readonly type: string;
  readonly summary: string;
  readonly schema: ObjectSchema;
  /** As the user would write it, without `type`. Valid, so that the contract tests can create it. */
  readonly example: { readonly [key: string]: unknown };
  readonly guide: Guide;
  /** Options of every destination that mean nothing to this kind: setting one is a problem. */
  readonly ignores?: readonly ('timeout' | 'tls' | 'proxy' | 'allow_link_local')[];
  /** What it is given stays in herald's own journal, beside the whole events: the default of `redact.pseudonymize` is not for it. */
  readonly stays?: true;
  /** May depend on the options (`encoding: ndjson` batches). */
  policy(config: unknown): DeliveryPolicy;
  /** What is wrong beyond the schema (an expression that does not compile), with the path inside the options. */
  check?(config: unknown): readonly OptionProblem[];
  /** What the receiver needs, for `herald setup` and the page. Pure; shows no secret. */
  setup?(config: unknown): readonly SetupBlock[];
  /** Opens nothing and schedules nothing. `config` is what the schema was loaded to. */
  create(config: unknown, deps: DestinationDeps): Destination;
}

export interface OptionProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A destination kind as its file declares it: its functions get the type that is derived from the schema. */
export interface DestinationSpec<S extends ObjectSchema> extends Pick<
  DestinationKind,
  'type' | 'summary' | 'example' | 'guide' | 'ignores' | 'stays'
> {
  readonly schema: S;
  policy(config: Infer<S>): DeliveryPolicy;
  check?(config: Infer<S>): readonly OptionProblem[];
  setup?(config: Infer<S>): readonly SetupBlock[];
  create(config: Infer<S>, deps: DestinationDeps): Destination;
}

/** Checks a declaration against its own schema and forgets the particular type, so that one list can hold all kinds. */
export function defineDestination<const S extends ObjectSchema>(spec: DestinationSpec<S>): DestinationKind {
  return spec;
}
