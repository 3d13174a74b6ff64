import { factsOf, withViews, type Event, type SafeEvent } from '../core/event.ts';
import { InvariantError } from '../core/errors.ts';
import { asText, get } from '../core/json.ts';
import { createKeyRule } from './key-rule.ts';
import { isMasked, mark, type Kind } from './kinds.ts';
import { compilePattern, type RedactOptions } from './options.ts';
import type { Counts } from './spans.ts';
import { createTextRedactor } from './text.ts';
import { TreeRedactor } from './tree.ts';
import { isUnknownUsername } from './unknown-user.ts';

export interface Redacted {
  readonly event: SafeEvent;
  /** How much was taken out, by kind. Empty when nothing was. */
  readonly counts: ReadonlyMap<Kind, number>;
}

export interface Redactor {
  /** The event without its secrets; the same object when there were none. Never throws, whatever the event holds. */
  redact(event: Event): Redacted;
}

const none: ReadonlyMap<Kind, number> = new Map();

/** Checked options only: a pattern that does not compile is a bug here. */
export function createRedactor(options: RedactOptions): Redactor {
  const keys = createKeyRule(options.keys);
  const texts = createTextRedactor(keys, options.patterns.map(compiled), true);
  const tree = new TreeRedactor(keys, texts);
  const keepNames = options.unknownUsernames === 'keep';
  // Most events need no counts of their own.
  let counts: Counts = new Map();
  return {
    redact: (event) => {
      if (counts.size > 0) counts = new Map();
      const prepared = prepare(event, options.emailBodies === 'drop', keepNames, counts);
      const context = tree.value(prepared.context, counts);
      const user = tree.value(prepared.user, counts);
      const action = texts.redact(event.action, counts);
      const domain = event.domain_url === undefined ? undefined : texts.redact(event.domain_url, counts);
      const same =
        context === event.context && user === event.user && action === event.action && domain === event.domain_url;
      if (same) return { event: seal(event), counts: none };
      return {
        event: seal(
          withViews({ ...factsOf(event), action, context, user, ...(domain !== undefined && { domain_url: domain }) }),
        ),
        counts,
      };
    },
  };
}

/** An event as the journal stored it. Only redacted events are ever stored. */
export function fromStored(json: string): SafeEvent {
  const event: Event = JSON.parse(json);
  return seal(event);
}

/** The only place that makes a {@link SafeEvent}: of an event just redacted, of one that was before it was stored, and of a view of one. */
export function seal(event: Event): SafeEvent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand exists in types only
  return event as SafeEvent;
}

function compiled(pattern: string): Exclude<ReturnType<typeof compilePattern>, string> {
  const result = compilePattern(pattern);
  if (typeof result === 'string') throw new InvariantError(`redact.patterns was not checked: ${result}`);
  return result;
}

/** What only the action tells: mail bodies and names that may be passwords. */
function prepare(
  event: Event,
  dropBodies: boolean,
  keepNames: boolean,
  counts: Counts,
): Pick<Event, 'context' | 'user'> {
  let { context, user } = event;
  const drop = (key: string, kind: Kind): void => {
    const value = get(context, key);
    if (value === undefined || value === '' || (typeof value === 'string' && isMasked(value))) return;
    context = { ...context, [key]: mark(kind) };
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };
  if (event.action === 'email_sent' && dropBodies) drop('body', 'email_body');
  if (!keepNames && (event.action === 'login_failed' || event.action === 'invalid_identifier')) {
    for (const key of ['username', 'identifier']) {
      if (isUnknownUsername(event, asText(get(context, key)))) drop(key, 'username');
    }
    if (event.action === 'invalid_identifier' && isUnknownUsername(event, user.username)) {
      user = { ...user, username: mark('username') };
      counts.set('username', (counts.get('username') ?? 0) + 1);
    }
  }
  return { context, user };
}
