import type { SafeEvent } from '../../core/event.ts';
import { titleOf } from '../../render/message.ts';

// Several rules ask for the title of the same event one after the other.
let last: { readonly event: SafeEvent; readonly title: string } | undefined;

/** The title of an event's message, made once for all rules. */
export function eventTitle(event: SafeEvent): string {
  if (last?.event !== event) last = { event, title: titleOf(event) };
  return last.title;
}
