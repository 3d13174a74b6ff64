import type { SafeEvent } from '../core/event.ts';
import type { Severity } from '../core/delivery.ts';
import { describe } from './actions/index.ts';
import { commonFields } from './common-fields.ts';
import { cut } from './cut.ts';
import { long, type Field, type Link } from './field.ts';
import { links } from './links.ts';
import { severityColour } from './severity.ts';

/**
 * A notification in words, for any destination. Title, summary and fields carry text from events as it is: whoever puts
 * them somewhere passes them through that place's escaper (`slack-text`, `discord-text`, `html`, `plain`, `header`, `terminal`).
 */
export interface Message {
  /** Who, what, from where, in one line. */
  readonly title: string;
  /** What happened and why it matters, in a sentence or two. */
  readonly summary: string;
  readonly severity: Severity;
  /** 0xRRGGBB, by severity. */
  readonly colour: number;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  /** The same as `2026-01-15T09:03:48Z`. */
  readonly time: string;
  readonly rule: string;
  readonly fields: readonly Field[];
  readonly links: readonly Link[];
  readonly eventId: string;
}

export interface MessageContext {
  readonly rule: string;
  readonly severity: Severity;
  /** authentik's own address without a trailing slash; without it there are no links. */
  readonly authentikUrl?: string | undefined;
  /** What to do, in the user's words. */
  readonly runbook?: string | undefined;
}

const titleCharsMax = 300;
const summaryCharsMax = 2000;

/** The message for one event, whatever its action, its version of authentik and its gaps. */
export function renderMessage(event: SafeEvent, context: MessageContext): Message {
  const { title, ...text } = describe(event);
  const fields = text.fields?.() ?? [];
  const named = new Set(fields.map(({ name }) => name));
  return {
    title: cut(title, titleCharsMax),
    summary: cut(text.summary() || 'The log says no more than this.', summaryCharsMax),
    severity: context.severity,
    colour: severityColour(context.severity),
    at: event.at,
    time: isoTime(event.at),
    rule: context.rule,
    fields: [
      ...fields,
      ...long('What to do', context.runbook),
      ...commonFields(event).filter(({ name }) => !named.has(name)),
    ],
    links: context.authentikUrl === undefined ? [] : links(event, context.authentikUrl),
    eventId: event.id,
  };
}

/** The title alone, for lists and for what tells about several events. */
export function titleOf(event: SafeEvent): string {
  return cut(describe(event).title, titleCharsMax);
}

/** `2026-01-15T09:03:48Z`, or `unknown` for a time beyond the calendar: years of four digits, as services read them. */
export function isoTime(ms: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? `${date.toISOString().slice(0, 19)}Z` : 'unknown';
}
