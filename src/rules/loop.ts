import type { SafeEvent } from '../core/event.ts';
import { get } from '../core/json.ts';
import type { RuleConfig } from './config.ts';
import { isLoopProne, ownMark } from './marks.ts';

/** Why no rule may fire: authentik's own loop prevention, or an event that one of our deliveries caused. */
export type Suppression = 'policy_loop' | 'own_delivery';

/** What an event's marks allow: every rule, each rule only once in a while, none. */
export type Permission = 'free' | 'once' | 'none';

const issuedMax = 4096;
const onceMs = 600_000;

/** Keeps rules from answering what their own deliveries caused. Owns the memory that this takes; all of it is bounded. */
export interface LoopGuard {
  /** One of the rules' own policies caused the event: no rule is even asked. */
  causedByPolicy(event: SafeEvent): boolean;
  /** Walks the whole event, so it is asked only when a rule would fire. */
  permission(event: SafeEvent): Permission;
  /** Whether a rule that would fire for a `once` event may. Changes nothing. */
  mayFireOnce(rule: string, event: SafeEvent): boolean;
  /** The rule fired for the event. */
  fired(rule: string, event: SafeEvent, permission: Permission): void;
}

/**
 * Two loops are broken. `policy_loop`, as authentik does: an event whose `policy_uuid` is one of a rule's policies fires no rule.
 * `own_delivery`: mail and failures caused by our delivery. An event that quotes a delivery key which was really issued fires
 * nothing. Marks that anybody can write (the user agent, the Message-ID domain, a made-up key) do not silence a rule, or an
 * attacker would send them: such an event fires a rule once in ten minutes of event time, which breaks the loop as well.
 * Likeness of content is no mark: a second task that fails like the first must be told. Only mail and failure actions are
 * looked at, so nothing can keep a login from being told.
 */
export function createLoopGuard(configs: readonly RuleConfig[]): LoopGuard {
  const policies = new Set(configs.flatMap((config) => config.policy_uuids.map(normalUuid)));
  /** Two halves: when the newer one is full, the older one goes as a whole. */
  let issued = new Set<string>();
  let issuedBefore: ReadonlySet<string> = new Set();
  /** The last of them: several rules fire for one event. */
  let newest: string | undefined;
  const lastClaimed = new Map<string, { readonly id: string; readonly at: number }>();
  return {
    causedByPolicy(event) {
      const policy = policies.size === 0 ? undefined : get(event.context, 'policy_uuid');
      return typeof policy === 'string' && policies.has(normalUuid(policy));
    },
    permission(event) {
      if (!isLoopProne(event.action)) return 'free';
      const mark = ownMark(event, (id) => issued.has(id) || issuedBefore.has(id));
      return mark === undefined ? 'free' : mark === 'issued' ? 'none' : 'once';
    },
    mayFireOnce(rule, event) {
      const last = lastClaimed.get(rule);
      // The same event again (its batch is tried anew, or a second source read it) must be decided as before.
      return last === undefined || last.id === event.id || Math.abs(event.at - last.at) >= onceMs;
    },
    fired(rule, event, permission) {
      if (permission === 'once') lastClaimed.set(rule, { id: event.id, at: event.at });
      if (newest === event.id) return;
      newest = event.id;
      if (issued.size >= issuedMax / 2) [issuedBefore, issued] = [issued, new Set()];
      issued.add(event.id);
    },
  };
}

function normalUuid(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase();
}
