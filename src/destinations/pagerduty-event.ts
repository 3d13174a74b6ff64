import type { Delivery } from '../core/delivery.ts';
import { fit } from '../render/cut.ts';
import { plainText } from '../render/plain.ts';
import type { Message } from '../render/message.ts';
import { batchId } from './batch-id.ts';

const summaryCharsMax = 1024;
const linksMax = 5;

const severities = { notice: 'info', warning: 'warning', alert: 'critical' } as const;

/** A trigger event of the Events API v2, all but its routing key. */
export interface PagerDutyEvent {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly client: string;
  readonly client_url?: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'error' | 'warning' | 'info';
    readonly timestamp?: string;
    readonly component: string;
    readonly group: string;
    readonly class: string;
    readonly custom_details: { readonly [name: string]: string };
  };
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

export interface PagerDutyContext {
  /** What becomes one alert: each notification, or all of a rule until the alert is resolved. */
  readonly dedup: 'event' | 'rule';
  readonly authentikUrl: string | undefined;
}

/**
 * The alert for a message and the deliveries that it stands for. Everything in it has a limit (title 300 characters, fields
 * 1,000 each), so that it stays far below the 512 KB of an event.
 */
export function pagerDutyEvent(
  message: Message,
  batch: readonly Delivery[],
  { dedup, authentikUrl }: PagerDutyContext,
): PagerDutyEvent {
  const actions = new Set(batch.map(({ event }) => event.action));
  const [action] = actions;
  return {
    event_action: 'trigger',
    dedup_key: dedup === 'rule' ? ruleKey(batch) : batchId(batch),
    client: 'authentik',
    ...(authentikUrl !== undefined && { client_url: authentikUrl }),
    payload: {
      summary: fit(message.title, summaryCharsMax, plainText),
      source: URL.parse(authentikUrl ?? '')?.host ?? 'authentik',
      severity: severities[message.severity],
      ...(message.time !== 'unknown' && { timestamp: message.time }),
      component: 'authentik',
      group: fit(message.rule, 200, plainText),
      class: actions.size === 1 && action !== undefined ? fit(action, 100, plainText) : 'several',
      custom_details: details(message),
    },
    links: message.links.slice(0, linksMax).map(({ label, url }) => ({ href: url, text: label })),
  };
}

/** The same for every delivery of a rule, on every herald; several rules in one digest are an alert of their own. */
function ruleKey(batch: readonly Delivery[]): string {
  const rules = new Set(batch.map(({ key }) => key.slice(key.lastIndexOf('.') + 1)));
  const [rule] = rules;
  return rules.size === 1 && rule !== undefined ? `rule.${rule}` : batchId(batch);
}

/** Names are made distinct: a digest has several fields that are called `2 ×`. */
function details({ summary, fields, rule, eventId }: Message): { readonly [name: string]: string } {
  const out = new Map<string, string>([['Summary', plainText(summary)]]);
  for (const { name, value } of [...fields, { name: 'Rule', value: rule }, { name: 'Event', value: eventId }]) {
    const label = fit(name, 100, plainText);
    let distinct = label;
    for (let n = 2; out.has(distinct); n += 1) distinct = `${label} (${n})`;
    out.set(distinct, plainText(value));
  }
  return Object.fromEntries(out);
}
