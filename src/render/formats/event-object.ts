import type { EventUser, SafeEvent } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';

/** The event as the JSON object that it is: its type says so field by field, but not as a whole. */
export function eventObject(event: SafeEvent): JsonObject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- interfaces have no index signature; all fields are JSON
  return event as unknown as JsonObject;
}

/** The event's user as the JSON object that it is. */
export function userObject(user: EventUser): JsonObject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return user as unknown as JsonObject;
}
