import { factsOf, withViews, type Event, type EventUser, type SafeEvent } from '../../core/event.ts';
import type { Pseudonyms } from '../pseudonym.ts';
import { seal } from '../redactor.ts';
import { disguiseEvent, type Shown } from './disguised-event.ts';
import { createNeedles } from './needle.ts';
import type { ViewOptions } from './options.ts';
import { createSelect, type Parts } from './select.ts';
import { createStandIn } from './stand-in.ts';

/** What one destination sees of events. */
export interface View {
  /** The event as this destination sees it; the same object when it sees all of it, and when it is given what it made. Never throws. */
  apply(event: SafeEvent): SafeEvent;
}

/** `pseudonyms` is needed by options that have any. */
export function createView(options: ViewOptions, pseudonyms: Pseudonyms | undefined): View {
  const select = options.select && createSelect(options.select);
  const made = new WeakSet<SafeEvent>();
  const needlesOf = createNeedles();
  return {
    apply(event) {
      if (made.has(event)) return event;
      const links = new Map<string, readonly string[]>();
      const standIn = createStandIn(options, pseudonyms, event.at, links);
      const parts =
        select === undefined ? partsOf(event) : withHidden(select(event.action, partsOf(event)), event, options);
      const disguised = disguiseEvent(event, parts, { values: options.values, standIn, needlesOf });
      if (select === undefined && isSame(disguised, event)) return event;
      const viewed = seal(withViews({ ...withLinks(disguised, links), id: event.id, at: event.at }));
      made.add(viewed);
      return viewed;
    },
  };
}

function isSame(facts: Shown, event: Event): boolean {
  return (
    facts.context === event.context &&
    facts.user === event.user &&
    facts.action === event.action &&
    facts.client_ip === event.client_ip &&
    facts.request_id === event.request_id &&
    facts.schema_name === event.schema_name &&
    facts.domain_url === event.domain_url
  );
}

function partsOf(event: Event): Parts {
  const { id: _id, at: _at, action: _action, ...parts } = factsOf(event);
  return parts;
}

/** That there is a name or an address stays visible, or a message would say that authentik itself did it. */
function withHidden(parts: Parts, { user, client_ip }: Event, { name, address }: ViewOptions): Parts {
  return {
    ...parts,
    ...(name === 'hidden' && { user: withName(parts.user, user) }),
    ...(address === 'hidden' && client_ip !== undefined && { client_ip }),
  };
}

function withName(kept: EventUser, whole: EventUser): EventUser {
  const { username } = whole;
  return username === undefined ? kept : { ...kept, username };
}

/** While keys overlap: what the pseudonyms that are shown were before. */
function withLinks(facts: Shown, links: ReadonlyMap<string, readonly string[]>): Shown {
  if (links.size === 0) return facts;
  const shown = new Set(JSON.stringify(facts).match(/(?:user|mail|ip|net|value)-[0-9a-f]{4}-[0-9a-f]{16}/g));
  const pseudonyms = [...links]
    .filter(([pseudonym]) => shown.has(pseudonym))
    .map(([pseudonym, previous]) => ({ pseudonym, previous }));
  return pseudonyms.length === 0 ? facts : { ...facts, context: { ...facts.context, pseudonyms } };
}
