import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { hiddenMark } from '../../core/stand-in.ts';

/** What of other events one of herald's own quotes that a view must not show. */
export interface Hiding {
  /** The titles of their messages, with the names in them. */
  readonly titles: boolean;
  /** Where they came from. */
  readonly places: boolean;
}

/** The context of one of herald's own events with such quotes hidden, and all else as it was. */
export function hideQuoted(context: JsonObject, { titles, places }: Hiding): JsonObject {
  if (!titles && !places) return context;
  return Object.fromEntries(
    Object.entries(context).map(([key, item]) => {
      if (titles && key === 'last_event') return [key, withoutTitle(item)];
      if (titles && key === 'steps' && Array.isArray(item)) return [key, item.map(withoutTitle)];
      // A gap in the log has times there.
      if (places && (key === 'from' || key === 'to') && isObject(item)) return [key, { ...item, place: hiddenMark }];
      return [key, item];
    }),
  );
}

function withoutTitle(event: Json): Json {
  if (!isObject(event)) return event;
  const { title: _title, names: _names, ...rest } = event;
  return { ...rest, title: hiddenMark };
}
