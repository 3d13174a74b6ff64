import { foreignAction } from '../core/action.ts';
import { withViews, type Event, type EventFacts, type EventUser, type Origin } from '../core/event.ts';
import { asObject, asText, get, type Json, type JsonObject } from '../core/json.ts';
import { parseEpoch, parseTime } from './time.ts';

/** The words that every event line contains and hardly any other. */
export const eventMarker = 'Created Event';

/** What is known of a line before it is read: the id, where it came from and the container's time of it, or empty. */
export interface LineFacts {
  readonly id: string;
  readonly origin: Origin;
  readonly time: string;
}

/** The pseudo-action of a login with an unknown user name. */
const lookalikeAction = 'invalid_identifier';
/** How many users one inside the other are kept: impersonation within a flow needs two. */
const userDepthMax = 3;
/** authentik writes this address when it knows none. */
const unknownAddress = '255.255.255.255';

/** The strict test: only authentik's event model writes these three together. */
export function isEvent(line: JsonObject): boolean {
  if (get(line, 'event') !== eventMarker || typeof get(line, 'action') !== 'string') return false;
  const logger = get(line, 'logger');
  return logger === 'authentik.events.models' || logger === 'authentik.events';
}

/** The event that a line of any version from 2022 on holds. */
export function toEvent(line: JsonObject, known: LineFacts): Event {
  return build(line, known, foreignAction(asText(get(line, 'action')) ?? ''), asObject(get(line, 'context')) ?? {});
}

/** The identification stage's look-alike as an event; what was typed as the name is `context.identifier`. */
export function toLookalike(line: JsonObject, known: LineFacts): Event {
  const identifier = get(line, 'identifier');
  const context = { ...asObject(get(line, 'context')), ...(identifier !== undefined && { identifier }) };
  return build(line, known, lookalikeAction, context);
}

/** The time is the line's own, else the container's, else 0: an event without a usable time is still an event. */
function build(line: JsonObject, known: LineFacts, action: string, context: JsonObject): Event {
  const facts: { -readonly [K in keyof EventFacts]: EventFacts[K] } = {
    id: known.id,
    at: timeOf(get(line, 'timestamp')) ?? parseTime(known.time) ?? 0,
    action,
    user: toUser(get(line, 'user'), userDepthMax),
    context,
    origin: known.origin,
  };
  const address = get(line, 'client_ip');
  if (typeof address === 'string' && address !== '' && address !== unknownAddress) facts.client_ip = address;
  const request = get(line, 'request_id') ?? get(asObject(get(context, 'http_request')), 'request_id');
  if (typeof request === 'string') facts.request_id = request;
  const schema = get(line, 'schema_name');
  if (typeof schema === 'string') facts.schema_name = schema;
  const domain = get(line, 'domain_url');
  if (typeof domain === 'string') facts.domain_url = domain;
  return withViews(facts);
}

function timeOf(value: Json | undefined): number | undefined {
  if (typeof value === 'string') return parseTime(value);
  return typeof value === 'number' ? parseEpoch(value) : undefined;
}

/** `{}` for a system event and for the strings that other lines have here. */
function toUser(value: Json | undefined, depth: number): EventUser {
  const from = asObject(value);
  if (from === undefined) return {};
  const user: { -readonly [K in keyof EventUser]: EventUser[K] } = {};
  const username = get(from, 'username');
  if (typeof username === 'string') user.username = username;
  const pk = get(from, 'pk');
  if (typeof pk === 'string' || pk === null || (typeof pk === 'number' && Number.isFinite(pk))) user.pk = pk;
  const email = get(from, 'email');
  if (typeof email === 'string') user.email = email;
  const anonymous = get(from, 'is_anonymous');
  if (typeof anonymous === 'boolean') user.is_anonymous = anonymous;
  if (depth > 1) {
    const impersonated = asObject(get(from, 'on_behalf_of'));
    if (impersonated !== undefined) user.on_behalf_of = toUser(impersonated, depth - 1);
    const session = asObject(get(from, 'authenticated_as'));
    if (session !== undefined) user.authenticated_as = toUser(session, depth - 1);
  }
  return user;
}
