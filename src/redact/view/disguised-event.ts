import { alertAction, knownActions, ownActions } from '../../core/action.ts';
import type { Event, EventFacts } from '../../core/event.ts';
import { hiddenMark } from '../../core/stand-in.ts';
import { createBeginnings } from './beginnings.ts';
import type { Known } from './known-value.ts';
import { createDisguise, type Disguise } from './disguise.ts';
import { eachText, replaceFields } from './fields.ts';
import { isDistinctive } from './distinctive.ts';
import { isPlainKey, type Identity } from './known.ts';
import type { NeedlesOf } from './needle.ts';
import type { ViewOptions } from './options.ts';
import { standInOfPart } from './part.ts';
import { isInPlaces } from './paths.ts';
import { hideQuoted, type Hiding } from './quoted.ts';
import type { Parts } from './select.ts';
import { standInOfField, type StandIn } from './stand-in.ts';
import { mayTell } from './told.ts';
import { eachName } from './values.ts';
import { mapTexts } from './walk.ts';

/** What is left of an event, beside its id and time. */
export type Shown = Omit<EventFacts, 'id' | 'at'>;

/** How values are replaced. */
export interface Disguising {
  readonly values: ViewOptions['values'];
  readonly standIn: StandIn;
  readonly needlesOf: NeedlesOf;
}

/**
 * What is left of an event, with all values that must not be seen replaced wherever they occur. They are gathered from the whole event,
 * also from what the view leaves out. `values` are further fields of the context that have pseudonyms.
 */
export function disguiseEvent(event: Event, parts: Parts, { values, standIn, needlesOf }: Disguising): Shown {
  const { all, elsewhere } = collect(event, values, standIn);
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
  const { context, user } = mapTexts(
    {
      action: event.action,
      context: event.action === alertAction ? hideQuoted(valued, hidingOf(values)) : valued,
      user: parts.user,
      ...(event.model !== undefined && { model: event.model }),
    },
    {
      text(value, identity, key) {
        if (done.has(value)) return value;
        const whole = identity === undefined ? undefined : standInOfField(value, identity, standIn);
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

interface Collected {
  /** Every value that its place names. */
  readonly all: readonly Known[];
  /** Those of them that are looked for in all other texts. */
  readonly elsewhere: readonly Known[];
}

/** The values of an event that must not be seen, from the places that say what they are. */
function collect(event: Event, values: ViewOptions['values'], standIn: StandIn): Collected {
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
