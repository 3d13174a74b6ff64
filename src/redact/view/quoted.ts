import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { hiddenMark } from '../../core/stand-in.ts';

/** What of other events one of herald's own quotes that a view must not show. */
export interface Hiding {
  /** Whether to hide the title of a message, with the names in it, that tells of these fields; undefined: nobody knows of which. */
  readonly titles: (fields: readonly string[] | undefined) => boolean;
  /** Where they came from. */
  readonly places: boolean;
}

/** The context of one of herald's own events with such quotes hidden, and all else as it was. */
export function hideQuoted(context: JsonObject, { titles, places }: Hiding): JsonObject {
  return Object.fromEntries(
    Object.entries(context).map(([key, item]) => {
      if (key === 'last_event') return [key, withoutTitle(item, titles)];
      if (key === 'steps' && Array.isArray(item)) return [key, item.map((step: Json) => withoutTitle(step, titles))];
      // A gap in the log has times there.
      if (places && (key === 'from' || key === 'to') && isObject(item)) return [key, { ...item, place: hiddenMark }];
      return [key, item];
    }),
  );
}

function withoutTitle(event: Json, hides: Hiding['titles']): Json {
  if (!isObject(event)) return event;
  const { title: _title, names: _names, fields, ...rest } = event;
  const told = Array.isArray(fields) ? fields.filter((field) => typeof field === 'string') : undefined;
  return hides(told) ? { ...rest, title: hiddenMark } : event;
}
