/** Who rotates, and in which form records are written. `copytruncate` is logrotate on a log of the CRI form. */
export type LogForm = 'kubelet' | 'docker' | 'copytruncate';

/** What the model wrote: what the journal and the receiver are held against. Lines are whole lines, however many records they took. */
export interface Ledger {
  /** The serial numbers from `from` to below `to` were written into this log, in order. */
  readonly logs: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly events: number;
  /** Lines of other families that are fine. */
  readonly others: number;
  readonly unparsable: number;
  /** Longer than {@link lineBytesMax}. */
  readonly oversized: number;
  readonly rotations: number;
  readonly bytes: number;
}

/** The `max_line` that the model's over-long lines are longer than. */
export const lineBytesMax = 64 * 1024;

/** How the model's process is started. */
export interface WriterOptions {
  readonly folder: string;
  readonly form: LogForm;
  readonly seed: number;
  /** Rotate by itself when the log has this many bytes; 0: on command only. */
  readonly rotateBytes: number;
}

/** What the model's process is told; each command is answered by the ledger after it. */
export type Command =
  | { readonly do: 'write'; readonly events: number }
  | { readonly do: 'rate'; readonly eventsPerSecond: number }
  | { readonly do: 'rotate' }
  | { readonly do: 'restart' }
  | { readonly do: 'tell' };
