import type { JsonObject } from '../../core/json.ts';
import { userObject } from './event-object.ts';
import type { FormatInput } from './input.ts';
import { isoMillis } from './time.ts';

/**
 * The event as authentik's API gives it (`GET /api/v3/events/events/<pk>/`, schema `Event`), so that whatever reads the API
 * reads this. `pk` is herald's id in the form of a UUID, because the log has none; `brand` and `expires` are not in the log either.
 */
export function authentikDocument({ event }: FormatInput): JsonObject {
  const { id, user, action, app, context, client_ip, at } = event;
  return {
    pk: uuid(id),
    user: userObject(user),
    action,
    app: app ?? '',
    context,
    client_ip: client_ip ?? null,
    created: isoMillis(at),
  };
}

function uuid(id: string): string {
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}
