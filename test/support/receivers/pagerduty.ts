import { isObject } from '../../../src/core/json.ts';
import { isWebAddress, jsonObject, type Reply, type StandIn } from './http.ts';

// Events API v2: developer.pagerduty.com, "Send an Alert Event" and "Events API v2 Overview".

const eventBytesMax = 512 * 1024;
const severities: readonly unknown[] = ['critical', 'error', 'warning', 'info'];
const actions: readonly unknown[] = ['trigger', 'acknowledge', 'resolve'];

/** PagerDuty for one integration. Every alert's events are kept under its key, as in PagerDuty. */
export function pagerDutyStandIn(routingKey: string, alerts = new Map<string, object[]>()): StandIn {
  return ({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404 };
    if (body.length > eventBytesMax) return { status: 413 };
    if (headers['content-type']?.startsWith('application/json') !== true) return refused('content type');
    const event = jsonObject(body);
    if (event === undefined) return refused('JSON');
    const errors = errorsOf(event, routingKey);
    if (errors.length > 0) return refused(...errors);
    const key = String(event['dedup_key']);
    alerts.set(key, [...(alerts.get(key) ?? []), event]);
    return accepted(key);
  };
}

function errorsOf(event: { readonly [key: string]: unknown }, routingKey: string): readonly string[] {
  const { routing_key: key, event_action: action, dedup_key: dedup, payload, links = [] } = event;
  if (!isObject(payload)) return ["'payload' is missing or blank"];
  const { summary, source, severity, timestamp, custom_details: details = {} } = payload;
  const rules: readonly (readonly [string, boolean])[] = [
    ["Length of 'routing_key' is incorrect (should be 32 characters)", typeof key === 'string' && key.length === 32],
    ['Invalid routing key', key === routingKey],
    ["'event_action' is invalid", actions.includes(action)],
    ["'dedup_key' is too long", typeof dedup === 'string' && dedup.length > 0 && dedup.length <= 255],
    ["'payload.summary' is missing or too long", isText(summary) && summary.length <= 1024],
    ["'payload.source' is missing or blank", isText(source)],
    ["'payload.severity' is invalid", severities.includes(severity)],
    [
      "'payload.timestamp' is invalid",
      timestamp === undefined || (isText(timestamp) && !Number.isNaN(Date.parse(timestamp))),
    ],
    ["'payload.custom_details' must be an object", isObject(details)],
    [
      "'links' must have an href",
      Array.isArray(links) && links.every((link) => isObject(link) && isWebAddress(link['href'])),
    ],
  ];
  return rules.filter(([, holds]) => !holds).map(([error]) => error);
}

function accepted(key: string): Reply {
  return { status: 202, body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: key }) };
}

function refused(...errors: readonly string[]): Reply {
  return { status: 400, body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors }) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
