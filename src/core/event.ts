import { asObject, asText, get, isObject, type Json, type JsonObject } from './json.ts';

/** A reference to one of authentik's objects, as its log writes it: `{app, model_name, pk, name}`. */
export interface ModelRef {
  readonly app: string;
  readonly model_name: string;
  readonly pk?: string | number;
  readonly name?: string;
}

/** Who acted. `on_behalf_of` is the impersonated user; `authenticated_as` the session's user of a flow with another pending one. */
export interface EventUser {
  readonly username?: string;
  readonly pk?: string | number | null;
  readonly email?: string;
  readonly is_anonymous?: boolean;
  readonly on_behalf_of?: EventUser;
  readonly authenticated_as?: EventUser;
}

/** Where the client address is, from authentik's own GeoIP database. */
export interface Geo {
  readonly city?: string;
  /** ISO 3166 alpha-2. */
  readonly country?: string;
  readonly continent?: string;
  readonly lat?: number;
  readonly long?: number;
}

export interface Asn {
  readonly asn?: number;
  readonly as_org?: string;
  readonly network?: string;
}

/** The HTTP request that caused the event. */
export interface HttpRequest {
  readonly method?: string;
  readonly path?: string;
  readonly args?: JsonObject;
  readonly user_agent?: string;
  readonly request_id?: string;
}

/** One exception of a chain, the outermost first; from the structured form or from an old traceback text. */
export interface ExceptionSummary {
  readonly type: string;
  readonly value: string;
}

/** Where the line came from, as far as the log's place tells. */
export interface Origin {
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly stream?: 'stdout' | 'stderr';
}

/** The facts of one event as its log line gives them; everything else of {@link Event} is derived from these. */
export interface EventFacts {
  /** 32 hex digits, stable for the same line however often and by whichever source it is read. Not authentik's own key. */
  readonly id: string;
  /** Milliseconds since 1970, UTC, from the line's own time. */
  readonly at: number;
  /** An open string: unknown actions pass through every stage. */
  readonly action: string;
  readonly client_ip?: string;
  /** `{}` for what the system itself did. */
  readonly user: EventUser;
  /** authentik's context, whole, so that an expression written for authentik finds the same paths. */
  readonly context: JsonObject;
  readonly request_id?: string;
  readonly schema_name?: string;
  readonly domain_url?: string;
  readonly origin: Origin;
}

/** Readings of `context` in one shape for 2022–2026, so that rules and messages need not know versions. */
export interface EventViews {
  /** The module that authentik would name; inferred from the action, because the line does not carry it. */
  readonly app?: string;
  readonly model?: ModelRef;
  readonly application?: ModelRef;
  readonly geo?: Geo;
  readonly asn?: Asn;
  readonly http?: HttpRequest;
  readonly message?: string;
  readonly exception?: readonly ExceptionSummary[];
  readonly diff?: JsonObject;
}

/** A normalised authentik event. */
export interface Event extends EventFacts, EventViews {}

declare const safe: unique symbol;

/** An event that went through `redact/`, the only place that can make one. Rules, journal and destinations take nothing else. */
export type SafeEvent = Event & { readonly [safe]: true };

/** Module path of authentik that emits an action (authentik's `Event.app`); undefined where several do. */
const appByAction: ReadonlyMap<string, string> = new Map([
  ...['login', 'login_failed', 'logout', 'user_write', 'password_set', 'invitation_used'].map(
    (action) => [action, 'authentik.events.signals'] as const,
  ),
  ...['model_created', 'model_updated', 'model_deleted', 'system_exception'].map(
    (action) => [action, 'authentik.events.middleware'] as const,
  ),
  ['policy_execution', 'authentik.policies.process'],
  ['policy_exception', 'authentik.policies.process'],
  ['property_mapping_exception', 'authentik.core.expression.evaluator'],
  ['system_task_exception', 'authentik.tasks.middleware'],
  ['email_sent', 'authentik.stages.email.tasks'],
  ['update_available', 'authentik.admin.tasks'],
  ['secret_rotate', 'authentik.core.models'],
  ['impersonation_started', 'authentik.core.api.users'],
  ['impersonation_ended', 'authentik.core.api.users'],
]);

/** All modules that {@link EventViews.app} can name. */
export const knownApps: ReadonlySet<string> = new Set(appByAction.values());

/** The event without its views. */
export function factsOf(event: Event): EventFacts {
  const { id, at, action, client_ip, user, context, request_id, schema_name, domain_url, origin } = event;
  return {
    id,
    at,
    action,
    user,
    context,
    origin,
    ...(client_ip !== undefined && { client_ip }),
    ...(request_id !== undefined && { request_id }),
    ...(schema_name !== undefined && { schema_name }),
    ...(domain_url !== undefined && { domain_url }),
  };
}

/** Adds the views to the facts. The one place that knows where each version of authentik keeps them. */
export function withViews(facts: EventFacts): Event {
  const { context } = facts;
  const app = appByAction.get(facts.action);
  const model = modelRef(get(context, 'model'));
  const application = modelRef(get(context, 'authorized_application')) ?? modelRef(get(context, 'application'));
  const geo = asObject(get(context, 'geo'));
  const asn = asObject(get(context, 'asn'));
  const http = asObject(get(context, 'http_request'));
  const message = asText(get(context, 'message'));
  const exception = exceptions(get(context, 'exception'), message);
  const diff = asObject(get(context, 'diff'));
  return {
    ...facts,
    ...(app !== undefined && { app }),
    ...(model !== undefined && { model }),
    ...(application !== undefined && { application }),
    ...(geo !== undefined && { geo: readGeo(geo) }),
    ...(asn !== undefined && { asn: readAsn(asn) }),
    ...(http !== undefined && { http: readHttp(http) }),
    ...(message !== undefined && { message }),
    ...(exception !== undefined && { exception }),
    ...(diff !== undefined && { diff }),
  };
}

function modelRef(value: Json | undefined): ModelRef | undefined {
  const app = asText(get(asObject(value), 'app'));
  const model_name = asText(get(asObject(value), 'model_name'));
  if (app === undefined || model_name === undefined) return undefined;
  const pk = get(asObject(value), 'pk');
  const name = asText(get(asObject(value), 'name'));
  return {
    app,
    model_name,
    ...((typeof pk === 'string' || typeof pk === 'number') && { pk }),
    ...(name !== undefined && { name }),
  };
}

function readGeo(geo: JsonObject): Geo {
  return { ...texts(geo, ['city', 'country', 'continent']), ...numbers(geo, ['lat', 'long']) };
}

function readAsn(asn: JsonObject): Asn {
  return { ...texts(asn, ['as_org', 'network']), ...numbers(asn, ['asn']) };
}

function readHttp(http: JsonObject): HttpRequest {
  const args = asObject(get(http, 'args'));
  return { ...texts(http, ['method', 'path', 'user_agent', 'request_id']), ...(args !== undefined && { args }) };
}

function texts<K extends string>(from: JsonObject, keys: readonly K[]): { [P in K]?: string } {
  const out: { [P in K]?: string } = {};
  for (const key of keys) {
    const value = asText(get(from, key));
    // authentik writes "" for what its database does not know.
    if (value !== undefined && value !== '') out[key] = value;
  }
  return out;
}

function numbers<K extends string>(from: JsonObject, keys: readonly K[]): { [P in K]?: number } {
  const out: { [P in K]?: number } = {};
  for (const key of keys) {
    const value = get(from, key);
    if (typeof value === 'number') out[key] = value;
  }
  return out;
}

/** The structured list of 2025.8 and later, or the last line of the traceback text that older versions put into `message`. */
function exceptions(list: Json | undefined, message: string | undefined): readonly ExceptionSummary[] | undefined {
  if (Array.isArray(list)) {
    const out = list
      .filter(isObject)
      .map((item) => ({ type: asText(get(item, 'exc_type')) ?? '', value: asText(get(item, 'exc_value')) ?? '' }));
    return out.length > 0 ? out : undefined;
  }
  if (message === undefined || !message.includes('Traceback (most recent call last)')) return undefined;
  const last = message.trimEnd().slice(message.trimEnd().lastIndexOf('\n') + 1);
  const colon = last.indexOf(': ');
  return [colon < 0 ? { type: last, value: '' } : { type: last.slice(0, colon), value: last.slice(colon + 2) }];
}
