import type { EventUser, ModelRef, SafeEvent } from '../core/event.ts';
import { asText, get } from '../core/json.ts';
import { isStandIn } from '../core/stand-in.ts';
import type { Link } from './field.ts';
import { isAnonymous, username } from './person.ts';

const searchCharsMax = 150;

/**
 * Pages of authentik's admin interface for an event. The event's own page is not among them: its key is not in the log.
 * Pages that go by a slug (applications, sources, flows) are left out too, because events carry names and keys only.
 */
export function links(event: SafeEvent, authentikUrl: string): readonly Link[] {
  const admin = adminUrl(authentikUrl);
  const found = [
    { label: 'Event log', url: eventLogUrl(event, authentikUrl) },
    ...userLink(admin, 'User', event.user),
    ...userLink(admin, 'On behalf of', event.user.on_behalf_of),
    ...(event.action === 'model_deleted' ? [] : objectLink(admin, event.model)),
    ...ownLink(event, authentikUrl),
  ];
  return found.filter(({ url }, index) => found.findIndex((other) => other.url === url) === index);
}

/** authentik's list of events, filtered down to this one and its neighbours. */
export function eventLogUrl(event: SafeEvent, authentikUrl: string): string {
  return `${adminUrl(authentikUrl)}/events/log${search(event)}`;
}

function adminUrl(authentikUrl: string): string {
  return `${authentikUrl.replace(/\/+$/, '')}/if/admin/#`;
}

/** The list filters itself by what follows the semicolon: the request first, because it names exactly this event and its neighbours. */
function search({ request_id, http, user, client_ip, action }: SafeEvent): string {
  const who = isAnonymous(user) ? undefined : username(user);
  const words = request_id ?? http?.request_id ?? findable(who) ?? findable(client_ip) ?? action;
  const short = words.slice(0, searchCharsMax);
  return unreserved.test(short)
    ? `;%7B%22search%22%3A%22${short}%22%7D`
    : `;${encode(JSON.stringify({ search: short }))}`;
}

/** Undefined for what stands in the place of a name that the reader must not see: authentik would find nothing. */
function findable(text: string | undefined): string | undefined {
  return text === undefined || isStandIn(text) ? undefined : text;
}

/** What every encoding leaves as it is: ids and most names. */
const unreserved = /^[\w.-]+$/;

/** `encodeURIComponent` that also takes lone surrogates and what Markdown or mrkdwn could end a link at. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function userLink(admin: string, label: string, user: EventUser | undefined): readonly Link[] {
  if (user === undefined || isAnonymous(user) || !isNumber(user.pk) || user.pk === 0) return [];
  return [{ label, url: `${admin}/identity/users/${user.pk}` }];
}

function objectLink(admin: string, model: ModelRef | undefined): readonly Link[] {
  if (model?.pk === undefined) return [];
  const path = objectPath(model);
  return path === undefined
    ? []
    : [{ label: model.model_name === 'user' ? 'Changed user' : 'Object', url: admin + path }];
}

function objectPath({ app, model_name, pk }: ModelRef): string | undefined {
  if (isNumber(pk)) {
    if (app === 'authentik_core' && model_name === 'user') return `/identity/users/${pk}`;
    return /^authentik_providers_\w+$/.test(app) && model_name.endsWith('provider')
      ? `/core/providers/${pk}`
      : undefined;
  }
  const uuid = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(String(pk));
  if (uuid === null) return undefined;
  const dashed = uuid.slice(1).join('-');
  if (app === 'authentik_core' && model_name === 'group') return `/identity/groups/${dashed}`;
  return app === 'authentik_rbac' && model_name === 'role' ? `/identity/roles/${dashed}` : undefined;
}

/** authentik gives some events a link to itself; anything else that claims to be one is not taken. */
function ownLink({ context }: SafeEvent, authentikUrl: string): readonly Link[] {
  const url = asText(get(context, 'hyperlink'));
  if (url === undefined || !url.startsWith(`${authentikUrl.replace(/\/+$/, '')}/if/`)) return [];
  return /^[\w:/.#~%-]{1,500}$/.test(url) ? [{ label: 'Details', url }] : [];
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}
