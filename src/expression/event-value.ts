import type { SafeEvent } from '../core/event.ts';
import { shield } from './shield.ts';

/** CEL's type of every field of `event`; any other field is an error at load. */
export const eventFields = {
  id: 'string',
  at: 'google.protobuf.Timestamp',
  action: 'string',
  client_ip: 'string',
  user: 'map<string, dyn>',
  context: 'map<string, dyn>',
  request_id: 'string',
  schema_name: 'string',
  domain_url: 'string',
  origin: 'map<string, dyn>',
  app: 'string',
  model: 'map<string, dyn>',
  application: 'map<string, dyn>',
  geo: 'map<string, dyn>',
  asn: 'map<string, dyn>',
  http: 'map<string, dyn>',
  message: 'string',
  exception: 'list<map<string, dyn>>',
  diff: 'map<string, dyn>',
} as const satisfies { readonly [field in keyof SafeEvent & string]: string };

type Field = keyof typeof eventFields;

const userFields = ['username', 'pk', 'email', 'is_anonymous', 'on_behalf_of', 'authenticated_as'];
const modelFields = ['app', 'model_name', 'pk', 'name'];

/** What the fields of one shape hold, by their path; paths that are missing here may hold anything. */
export const closedShapes: ReadonlyMap<string, readonly string[]> = new Map([
  ['event', Object.keys(eventFields)],
  ['event.user', userFields],
  ['event.user.on_behalf_of', userFields],
  ['event.user.authenticated_as', userFields],
  ['event.model', modelFields],
  ['event.application', modelFields],
  ['event.geo', ['city', 'country', 'continent', 'lat', 'long']],
  ['event.asn', ['asn', 'as_org', 'network']],
  ['event.http', ['method', 'path', 'args', 'user_agent', 'request_id']],
  ['event.origin', ['namespace', 'pod', 'container', 'stream']],
  ['event.exception[]', ['type', 'value']],
]);

/** The event as CEL sees it; parts that need work are made when they are read, once. */
export class EventValue implements Readonly<Record<Field, unknown>> {
  readonly source: SafeEvent;
  readonly id: string;
  readonly action: string;
  readonly client_ip: unknown;
  readonly request_id: unknown;
  readonly schema_name: unknown;
  readonly domain_url: unknown;
  readonly origin: unknown;
  readonly app: unknown;
  readonly model: unknown;
  readonly application: unknown;
  readonly geo: unknown;
  readonly asn: unknown;
  readonly message: unknown;
  readonly exception: unknown;
  #at: unknown;
  #user: unknown;
  #context: unknown;
  #http: unknown;
  #diff: unknown;

  constructor(source: SafeEvent) {
    this.source = source;
    this.id = source.id;
    this.action = source.action;
    this.client_ip = source.client_ip;
    this.request_id = source.request_id;
    this.schema_name = source.schema_name;
    this.domain_url = source.domain_url;
    this.origin = source.origin;
    this.app = source.app;
    this.model = source.model;
    this.application = source.application;
    this.geo = source.geo;
    this.asn = source.asn;
    this.message = source.message;
    this.exception = source.exception;
  }

  get at(): unknown {
    return (this.#at ??= new Date(this.source.at));
  }
  get user(): unknown {
    return (this.#user ??= shield(this.source.user));
  }
  get context(): unknown {
    return (this.#context ??= shield(this.source.context));
  }
  get http(): unknown {
    return (this.#http ??= shield(this.source.http));
  }
  get diff(): unknown {
    return (this.#diff ??= shield(this.source.diff));
  }
}
