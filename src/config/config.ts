import type { Problem } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import type { CommonOptions, DeliveryPolicy, DestinationKind } from '../destinations/destination.ts';
import type { JournalOptions } from '../journal/journal.ts';
import type { RedactConfig } from '../redact/options.ts';
import type { PseudonymizeConfig, ViewOptions } from '../redact/view/options.ts';
import type { RuleConfig } from '../rules/config.ts';
import type { SilenceConfig } from '../rules/silence.ts';
import type { SourceKind } from '../sources/source.ts';

/** The registries: all that this folder knows about particular components. */
export interface Kinds {
  readonly sources: readonly SourceKind[];
  readonly destinations: readonly DestinationKind[];
}

/** What a configuration may refer to outside its own text. */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined };
  /** Default of `instance`. */
  readonly hostname: string;
  /** The text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** A checked configuration: secrets wrapped, durations in milliseconds, sizes in bytes, defaults filled in. */
export interface Config {
  readonly file: string;
  readonly instance: string;
  /** Without a trailing slash. */
  readonly authentikUrl: string | undefined;
  readonly sources: readonly SourceConfig[];
  readonly redact: RedactConfig;
  readonly journal: JournalOptions;
  readonly rules: readonly RuleConfig[];
  readonly silences: readonly SilenceConfig[];
  /** In the order of the file. */
  readonly destinations: ReadonlyMap<string, DestinationConfig>;
  /** Undefined when switched off. */
  readonly server: ServerConfig | undefined;
  readonly log: LogConfig;
  /** Fingerprints of the sections that count from the start of the process only. */
  readonly fixed: ReadonlyMap<string, string>;
  /** What is allowed but probably not meant. */
  readonly warnings: readonly Problem[];
}

export interface SourceConfig {
  readonly name: string;
  readonly kind: SourceKind;
  /** What `kind.create` takes: only the kind itself knows its type. */
  readonly options: unknown;
  /** Differs when anything about it differs. */
  readonly fingerprint: string;
}

export interface DestinationConfig {
  readonly name: string;
  readonly kind: DestinationKind;
  /** What `kind.create` takes: only the kind itself knows its type. */
  readonly options: unknown;
  /** Differs when anything about it differs, certificates and secrets included. */
  readonly fingerprint: string;
  readonly common: CommonOptions;
  /** The ceiling of the waits between attempts grows from `baseMs` to `maxMs`. */
  readonly retry: { readonly baseMs: number; readonly maxMs: number };
  /** What it sees of events; undefined: everything. */
  readonly view: ViewConfig | undefined;
  /** The kind's own policy with the user's `batch` and `retry.max_age` put in. */
  readonly policy: DeliveryPolicy;
}

/** A view, with the keys of its pseudonyms where it has any. */
export interface ViewConfig {
  readonly options: ViewOptions;
  readonly pseudonymize: PseudonymizeConfig | undefined;
}

export interface ServerConfig {
  /** Empty means every address. */
  readonly host: string;
  readonly port: number;
  readonly token: Secret | undefined;
}

export interface LogConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}
