import type { Field, Link } from '../render/field.ts';
import { cut, fit } from '../render/cut.ts';
import type { Message } from '../render/message.ts';
import { hexColour } from '../render/severity.ts';
import { slackLink, slackMrkdwn, slackPlain } from '../render/slack-text.ts';

/** Slack's limits, in characters and items. */
const headerCharsMax = 150;
const sectionCharsMax = 3000;
const fieldCharsMax = 2000;
const fieldsMax = 10;
const textCharsMax = 1000;
/** Beyond this Slack folds the message away; its own limit is 50. */
const sectionsMax = 6;

interface Plain {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Nothing is turned into a link but what is one. */
  readonly verbatim: true;
}

/** The blocks of Slack's Block Kit that messages are made of. */
type SlackBlock =
  | { readonly type: 'header'; readonly text: Plain }
  | { readonly type: 'section'; readonly text: Plain | Mrkdwn }
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] };

/** The body of an incoming webhook's request. */
export interface SlackPayload {
  /** What notifications and old clients show. */
  readonly text: string;
  readonly username?: string;
  readonly blocks: readonly SlackBlock[];
  /** Blocks inside an attachment have its colour on their left. */
  readonly attachments: readonly {
    readonly color: string;
    readonly fallback: string;
    readonly blocks: readonly SlackBlock[];
  }[];
}

/** A message in Slack's form: the title as a header, the rest beside a bar in the severity's colour. */
export function slackPayload(message: Message, username: string | undefined): SlackPayload {
  const { title, summary, colour, links } = message;
  const blocks: readonly SlackBlock[] = [
    { type: 'section', text: plain(summary, sectionCharsMax) },
    ...fieldSections(message.fields),
    ...(links.length > 0 ? [{ type: 'section', text: mrkdwn(linkLine(links)) } as const] : []),
    { type: 'context', elements: [mrkdwn(origin(message))] },
  ];
  return {
    text: fit(title, textCharsMax, slackMrkdwn),
    ...(username !== undefined && { username }),
    blocks: [{ type: 'header', text: plain(title, headerCharsMax) }],
    attachments: [{ color: hexColour(colour), fallback: fit(title, textCharsMax, slackMrkdwn), blocks }],
  };
}

/** Short fields side by side, ten a section; each long one in a section of its own. */
function fieldSections(fields: readonly Field[]): readonly SlackBlock[] {
  const short = fields.filter((field) => field.short).map(fieldText);
  const sections: SlackBlock[] = [];
  for (let at = 0; at < short.length; at += fieldsMax) {
    sections.push({ type: 'section', fields: short.slice(at, at + fieldsMax) });
  }
  const long = fields.filter((field) => !field.short);
  const room = Math.max(sectionsMax - sections.length, 1);
  // One section holds what has no room for a section of its own.
  for (const part of long.length > room ? [long] : long.map((field) => [field])) {
    sections.push({ type: 'section', text: mrkdwn(joined(part)) });
  }
  return sections;
}

function joined(fields: readonly Field[]): string {
  const lines = fields.map((field) => fieldText(field).text);
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 20 > sectionCharsMax) break;
    kept.push(line);
    length += line.length + 1;
  }
  const more = lines.length - kept.length;
  return (more > 0 ? [...kept, `+${more} more`] : kept).join('\n');
}

function fieldText({ name, value }: Field): Mrkdwn {
  const label = `*${fit(name, 100, slackMrkdwn)}*\n`;
  return mrkdwn(label + fit(value, fieldCharsMax - label.length, slackMrkdwn));
}

function linkLine(links: readonly Link[]): string {
  const parts: string[] = [];
  for (const { label, url } of links) {
    const link = slackLink(url, label);
    if ([...parts, link].join(' · ').length <= sectionCharsMax) parts.push(link);
  }
  return parts.join(' · ');
}

function origin({ severity, rule, time, eventId }: Message): string {
  return [severity, `rule ${fit(rule, 200, slackMrkdwn)}`, time, cut(eventId, 32)].join(' · ');
}

function plain(text: string, max: number): Plain {
  return { type: 'plain_text', text: fit(text, max, slackPlain), emoji: false };
}

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}
