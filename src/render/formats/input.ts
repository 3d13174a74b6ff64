import type { Severity } from '../../core/delivery.ts';
import type { SafeEvent } from '../../core/event.ts';

/** One event of one rule, and who says so. */
export interface FormatInput {
  readonly event: SafeEvent;
  /** The delivery's key: the same on every attempt. Every format but authentik's carries it as the record's own id. */
  readonly key: string;
  readonly rule: string;
  readonly severity: Severity;
  /** The name of this herald. */
  readonly instance: string;
  /** authentik's own address without a trailing slash. */
  readonly authentikUrl: string | undefined;
}
