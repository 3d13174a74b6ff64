import type { EventUser, SafeEvent } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';
import type { By } from './key.ts';

/** Why a message of herald's own is sent: what a rule saw in several events, or what it held back. */
export type AlertKind = 'window' | 'sequence' | 'travel' | 'absence' | 'group' | 'more' | 'silence';

/** The content of such a message, before it is an event. Times are event times, ms. */
export interface Draft {
  readonly kind: AlertKind;
  /** Tells this one from others of the same rule and kind at the same time. */
  readonly key: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** Facts of this kind, for people and expressions. */
  readonly facts: JsonObject;
  /** What all the events have in common. */
  readonly client_ip?: string;
  readonly user?: EventUser;
}

/** The parts of a key with their values, as facts. */
export function byFacts({ parts }: By, values: readonly string[]): JsonObject {
  return Object.fromEntries(parts.map(({ name }, at) => [name, withoutHash(values[at] ?? '')]));
}

/** What tells long values apart, and would tell what is cut off to who tries it. */
const cutHash = /…[0-9a-f]{16}$/;

/** A value of a key as it may be told. */
export function withoutHash(value: string): string {
  return value.replace(cutHash, '…');
}

/** What the events of one key have in common with this one of them. */
export function common({ parts }: By, event: SafeEvent): Pick<Draft, 'client_ip' | 'user'> {
  const names = new Set(parts.map(({ name }) => name));
  const byUser = names.has('user.username') || names.has('user.pk') || names.has('user.email');
  return {
    ...(names.has('client_ip') && event.client_ip !== undefined && { client_ip: event.client_ip }),
    ...(byUser && { user: event.user }),
  };
}
