import { createHash } from 'node:crypto';
import { alertAction } from '../core/action.ts';
import type { Notification } from '../core/delivery.ts';
import type { EventFacts } from '../core/event.ts';
import { isoMillis } from '../render/formats/time.ts';
import type { Draft } from './over-time/draft.ts';

/** A notification that is not about one event: an event of herald's own has to be made and kept for it. */
export interface Alert extends Notification {
  readonly facts: EventFacts;
}

/** The event for a draft. Its id says what it tells, so that telling it again after a crash is recognised. */
export function alertOf(notification: Notification, draft: Draft): Alert {
  const { kind, key, count, first, last, facts, client_ip, user } = draft;
  const { rule, severity, destinations } = notification;
  const identity = JSON.stringify([alertAction, rule, kind, key, count, first, last]);
  return {
    rule,
    severity,
    destinations,
    facts: {
      id: createHash('sha256').update(identity).digest('hex').slice(0, 32),
      at: last,
      action: alertAction,
      user: user ?? {},
      ...(client_ip !== undefined && { client_ip }),
      context: { rule, kind, count, first: isoMillis(first), last: isoMillis(last), ...facts },
      origin: {},
    },
  };
}
