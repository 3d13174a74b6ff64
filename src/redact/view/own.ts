import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { mapEntries, onlyKeys } from './map.ts';
import type { Selection } from './options.ts';
import { isClientText } from './part.ts';
import { isInPlaces, isInTitles, isOf } from './paths.ts';
import { mayRead, readsOnly } from './reads.ts';
import { hideQuoted } from './quoted.ts';

/** What herald's own events say of others. */
const quotes: ReadonlySet<string> = new Set(['by', 'top', 'values', 'steps', 'last_event', 'from', 'to']);

/**
 * Of herald's own events an allow-list keeps what they are about; of what they quote it keeps the values of allowed fields, but for
 * texts of a client's, in which those of others may stand.
 */
export function allowedFacts(context: Json | undefined, allow: readonly (readonly string[])[]): JsonObject {
  if (!isObject(context)) return {};
  const shows = (expression: Json | undefined): boolean =>
    typeof expression === 'string' && !isClientText(expression) && readsOnly(expression, allow);
  const kept = Object.entries(context).flatMap(([key, item]): readonly (readonly [string, Json])[] => {
    if (!quotes.has(key) || isOf(['context', key], allow)) return [[key, item]];
    if ((key === 'by' || key === 'top') && isObject(item)) return [[key, onlyKeys(item, shows)]];
    return key === 'values' && shows(context['distinct']) ? [[key, item]] : [];
  });
  return Object.fromEntries(kept);
}

/** Of what herald's own events quote, all but what may tell of denied fields: values of expressions, titles, places. */
export function withoutDenied(context: Json | undefined, deny: Selection['deny']): JsonObject {
  if (!isObject(context)) return {};
  const stays = (expression: Json | undefined): boolean => typeof expression !== 'string' || !mayRead(expression, deny);
  // Titles say in words of their own what fields say, too, so that none is known not to tell of a denied one.
  const hidesTitles = deny.some(isInTitles);
  const hidden = hideQuoted(context, { titles: () => hidesTitles, places: deny.some(isInPlaces) });
  const shown = mapEntries(hidden, (key, item) =>
    (key === 'by' || key === 'top') && isObject(item) ? onlyKeys(item, stays) : item,
  );
  return stays(context['distinct']) ? shown : onlyKeys(shown, (key) => key !== 'values');
}
