import { alertAction, knownActions, ownActions } from '../../core/action.ts';
import { factsOf, withViews, type Event, type EventFacts, type EventUser, type SafeEvent } from '../../core/event.ts';
import { hiddenMark } from '../../core/stand-in.ts';
import { isMasked } from '../kinds.ts';
import type { PseudonymKind, Pseudonyms } from '../pseudonym.ts';
import { seal } from '../redactor.ts';
import { networkOf } from './address.ts';
import { createBeginnings } from './beginnings.ts';
import { createDisguise, type Disguise, type Known, type StandIn } from './disguise.ts';
import { eachText, replaceFields } from './fields.ts';
import { isDistinctive, isPlainKey, nobody, type Identity } from './known.ts';
import type { Showing, ViewOptions } from './options.ts';
import { mailboxesOf } from './mail.ts';
import { createNeedles, type NeedlesOf } from './needle.ts';
import { identityOfPart, identitySaid, isClientText } from './part.ts';
import { isInPlaces, isOneOf, mayRead } from './paths.ts';
import { hideQuoted, type Hiding } from './quoted.ts';
import { createSelect, type Parts } from './select.ts';
import { mayTell } from './told.ts';
import { eachName } from './values.ts';
import { mapTexts } from './walk.ts';

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
      const standIn = standInOf(options, pseudonyms, event.at, links);
      const { all, elsewhere } = collect(event, options, standIn);
      const parts =
        select === undefined ? partsOf(event) : withHidden(select(event.action, partsOf(event)), event, options);
      const disguised = disguise(event, parts, standIn, elsewhere, all, options.values, needlesOf);
      if (select === undefined && isSame(disguised, event)) return event;
      const viewed = seal(withViews({ ...withLinks(disguised, links), id: event.id, at: event.at }));
      made.add(viewed);
      return viewed;
    },
  };
}

/** What stands for a value of each identity; notes in `links` what it was called by earlier keys. */
function standInOf(
  { name, mail, address, addressKind }: ViewOptions,
  pseudonyms: Pseudonyms | undefined,
  atMs: number,
  links: Map<string, readonly string[]>,
): StandIn {
  const pseudonym = (kind: PseudonymKind, value: string): string => {
    if (pseudonyms === undefined) return hiddenMark;
    const made = pseudonyms.of(kind, value);
    const earlier = pseudonyms.earlier(kind, value, atMs);
    if (earlier.length > 0) links.set(made, earlier);
    return made;
  };
  const show = (showing: Showing, kind: PseudonymKind, value: string): string | undefined => {
    if (showing === 'whole') return undefined;
    if (showing === 'pseudonym') return pseudonym(kind, value);
    return showing === 'network' ? (networkOf(value) ?? hiddenMark) : hiddenMark;
  };
  return (identity, value) => {
    if (value.trim() === '' || isMasked(value) || value === hiddenMark || nobody.has(value)) return undefined;
    if (identity === 'name') return show(name, 'person', value);
    if (identity === 'mail') return show(mail, 'person', value);
    return identity === 'address' ? show(address, addressKind, value) : pseudonym('value', value);
  };
}

/** What is left of an event, beside its id and time. */
type Shown = Omit<EventFacts, 'id' | 'at'>;

interface Collected {
  /** Every value that its place names. */
  readonly all: readonly Known[];
  /** Those of them that are looked for in all other texts. */
  readonly elsewhere: readonly Known[];
}

/** The values of an event that must not be seen, from the places that say what they are. */
function collect(event: Event, { values }: ViewOptions, standIn: StandIn): Collected {
  const known = new Map<string, Known>();
  const add = (identity: Identity | 'value', value: string): void => {
    if (known.has(value)) return;
    const stand = standIn(identity, value);
    if (stand !== undefined) known.set(value, { value, standIn: stand });
  };
  if (event.client_ip !== undefined) add('address', event.client_ip);
  eachName(event, add);
  for (const path of values) eachText(event.context, path, (text) => add('value', text));
  const all = [...known.values()];
  return { all, elsewhere: all.filter(({ value }) => isDistinctive(value)) };
}

function disguise(
  event: Event,
  parts: Parts,
  standIn: StandIn,
  elsewhere: readonly Known[],
  all: readonly Known[],
  values: ViewOptions['values'],
  needlesOf: NeedlesOf,
): Shown {
  const { client_ip, request_id, schema_name, domain_url, origin } = parts;
  // Values by which an alert counts are cut off.
  const beginnings = event.action === alertAction ? createBeginnings(elsewhere) : undefined;
  const texts = createDisguise(elsewhere, standIn, needlesOf, beginnings);
  let titles: Disguise | undefined;
  const fields = values.map((path) => ['context', ...path]);
  const text = (value: string): string => texts.text(value, false);
  const action = knownActions.has(event.action) || ownActions.has(event.action) ? event.action : text(event.action);
  const done = new Set<string>();
  const valued = replaceFields(parts.context, values, (value) => {
    const stand = standIn('value', value);
    if (stand !== undefined) done.add(stand);
    return stand;
  });
  const hiding = hidingOf(values);
  const { context, user } = mapTexts(
    {
      action: event.action,
      context: event.action === alertAction ? hideQuoted(valued, hiding) : valued,
      user: parts.user,
      ...(event.model !== undefined && { model: event.model }),
    },
    {
      text(value, identity, key) {
        if (done.has(value)) return value;
        const whole = identity === undefined ? undefined : standInOfAll(value, identity, standIn);
        return whole ?? texts.text(value, key === 'user_agent');
      },
      number: (value, identity) =>
        (identity === undefined ? undefined : standIn(identity, String(value))) ?? texts.whole(String(value)),
      structure: (value) => texts.whole(value) ?? value,
      key: (key) => (isPlainKey(key) ? key : text(key)),
      title: (title, names) =>
        names === undefined && standIn('name', 'x') !== undefined
          ? hiddenMark
          : (titles ??= titlesDisguise(all, standIn, needlesOf)).text(title, false),
      ...(fields.length > 0 && { part: (value, expression) => standInOfPart(value, expression, fields, standIn) }),
    },
  );
  return {
    action,
    context,
    user,
    origin,
    ...(client_ip !== undefined && { client_ip: standIn('address', client_ip) ?? text(client_ip) }),
    ...(request_id !== undefined && { request_id: text(request_id) }),
    ...(schema_name !== undefined && { schema_name: text(schema_name) }),
    ...(domain_url !== undefined && { domain_url: text(domain_url) }),
  };
}

/** What an alert quotes that may tell of fields of the context. */
function hidingOf(values: ViewOptions['values']): Hiding {
  return {
    titles: (told) => values.some((path) => mayTell(told, path)),
    places: values.some((path) => isInPlaces(['context', ...path])),
  };
}

/** For titles, which cut names off and have no quotation marks within them. */
function titlesDisguise(known: readonly Known[], standIn: StandIn, needlesOf: NeedlesOf): Disguise {
  const written = known.flatMap((one) => {
    const plain = one.value.replaceAll(/[“”„"]/g, "'");
    return plain === one.value ? [one] : [one, { ...one, value: plain }];
  });
  return createDisguise(written, standIn, needlesOf, createBeginnings(written));
}

/**
 * What stands for a value that an alert counts by, where further fields have pseudonyms: the one of its field, and something hidden for
 * all that may hold such a value inside.
 */
function standInOfPart(
  value: string,
  expression: string,
  fields: readonly (readonly string[])[],
  standIn: StandIn,
): string | undefined {
  if (isOneOf(expression, fields)) return standIn('value', value);
  const identity = identityOfPart(expression, value);
  const isAnyText = identity !== undefined && identitySaid(expression) === undefined;
  if (!isAnyText && !isClientText(expression) && !mayRead(expression, fields)) return undefined;
  return (identity === undefined ? undefined : standIn(identity, value)) ?? hiddenMark;
}

/** What stands for a value of a field; for `Ada <ada@example.com>` and lists of such, the name and the address each have theirs. */
function standInOfAll(value: string, identity: Identity, standIn: StandIn): string | undefined {
  const boxes = identity === 'mail' ? mailboxesOf(value) : undefined;
  if (boxes === undefined) return standIn(identity, value);
  const shown = boxes.map(({ name, address }) => {
    const mail = standIn('mail', address) ?? address;
    return name === '' ? mail : `${standIn('name', name) ?? name} <${mail}>`;
  });
  const same = boxes.map(({ name, address }) => (name === '' ? address : `${name} <${address}>`));
  return shown.every((one, at) => one === same[at]) ? undefined : shown.join(', ');
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
