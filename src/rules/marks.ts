import type { SafeEvent } from '../core/event.ts';
import { messageIdDomain, product } from '../core/identity.ts';
import type { Json } from '../core/json.ts';

/** Actions by which authentik reports mail and failures: what a delivery of ours can cause, and so start a loop. */
const loopProne: ReadonlySet<string> = new Set(['email_sent', 'configuration_error', 'configuration_warning']);

/** Whether an event with this action can have been caused by a delivery. */
export function isLoopProne(action: string): boolean {
  return loopProne.has(action) || action.endsWith('_exception');
}

/**
 * How an event shows that one of herald's deliveries caused it. `issued`: it quotes the key of a delivery that was made, which
 * nobody else can know. `claimed`: it has our user agent, our Message-ID domain or an unknown key, which anybody can write.
 */
export type OwnMark = 'issued' | 'claimed';

const nodesMax = 5000;

/** The strongest mark in an event; `issued` tells whether a delivery was made for that event id. */
export function ownMark(event: SafeEvent, issued: (eventId: string) => boolean): OwnMark | undefined {
  let mark: OwnMark | undefined = event.http?.user_agent?.startsWith(`${product}/`) === true ? 'claimed' : undefined;
  const pending: Json[] = [event.context];
  for (let nodes = 0; pending.length > 0 && nodes < nodesMax; nodes += 1) {
    const value = pending.pop();
    if (typeof value === 'string') {
      const found = markIn(value, issued);
      if (found === 'issued') return found;
      mark ??= found;
    } else if (typeof value === 'object' && value !== null) {
      for (const item of Object.values(value)) pending.push(item);
    }
  }
  return mark;
}

// The dot comes first, so that a search runs from dot to dot and looks back only there.
const keyPattern = /\.(?<=(?<![0-9a-f])([0-9a-f]{32})\.)[0-9a-f]{8}(?![0-9a-f])/g;

const keyLength = 41;

function markIn(text: string, issued: (eventId: string) => boolean): OwnMark | undefined {
  let mark: OwnMark | undefined = text.includes(messageIdDomain) ? 'claimed' : undefined;
  if (text.length < keyLength) return mark;
  keyPattern.lastIndex = 0;
  for (let found = keyPattern.exec(text); found !== null; found = keyPattern.exec(text)) {
    if (issued(found[1] ?? '')) return 'issued';
    mark = 'claimed';
  }
  return mark;
}
