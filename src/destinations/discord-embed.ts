import { cut, fit } from '../render/cut.ts';
import { discordLink, discordText } from '../render/discord-text.ts';
import type { Field, Link } from '../render/field.ts';
import type { Message } from '../render/message.ts';
import { plainText } from '../render/plain.ts';
import { hexColour } from '../render/severity.ts';

/** Discord's limits of one embed, in characters. */
const titleCharsMax = 256;
const descriptionCharsMax = 4096;
const fieldsMax = 25;
const nameCharsMax = 256;
const valueCharsMax = 1024;
const footerCharsMax = 2048;
/** Of title, description, names, values and footer of all embeds together. */
const totalCharsMax = 6000;

interface EmbedField {
  readonly name: string;
  readonly value: string;
  readonly inline: boolean;
}

/** The body of a webhook's request. */
export interface DiscordPayload {
  readonly username?: string;
  /** Nobody is ever called by a text from an event. */
  readonly allowed_mentions: { readonly parse: [] };
  readonly embeds: [
    {
      readonly title: string;
      readonly url?: string;
      readonly description: string;
      readonly color: number;
      readonly fields: EmbedField[];
      readonly footer: { readonly text: string };
      readonly timestamp?: string;
    },
  ];
}

/** A message as one embed, within all of Discord's limits; fields that have no room are left off and counted in the footer. */
export function discordPayload(message: Message, username: string | undefined): DiscordPayload {
  const { title, links, colour, time } = message;
  const heading = fit(title, titleCharsMax, discordText);
  const description = describe(message);
  const { fields, left } = fieldsWithin(message.fields, totalCharsMax - heading.length - description.length - 400);
  const more = left > 0 ? ` · ${left} more ${left === 1 ? 'field' : 'fields'}` : '';
  const [first] = links;
  return {
    ...(username !== undefined && { username }),
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: heading,
        ...(first !== undefined && { url: first.url }),
        description,
        color: colour,
        fields,
        footer: { text: footer(message, more) },
        ...(time !== 'unknown' && { timestamp: time }),
      },
    ],
  };
}

/** The same in the older form of Slack's attachments, which Discord takes at addresses that end in `/slack`. */
export function discordSlackPayload(
  message: Message,
  username: string | undefined,
): { readonly [key: string]: unknown } {
  const { embeds } = discordPayload(message, username);
  const [{ title, url, description, fields, footer, timestamp }] = embeds;
  return {
    ...(username !== undefined && { username }),
    attachments: [
      {
        fallback: title,
        title,
        ...(url !== undefined && { title_link: url }),
        text: description,
        color: hexColour(message.colour),
        fields: fields.map(({ name, value, inline }) => ({ title: name, value, short: inline })),
        footer: footer.text,
        ...(timestamp !== undefined && { ts: Math.floor(message.at / 1000) }),
      },
    ],
  };
}

/** The summary and below it the links, which are ours. */
function describe({ summary, links }: Message): string {
  const line = linkLine(links);
  const room = descriptionCharsMax - line.length - 2;
  return [fit(summary, Math.min(room, 3000), discordText), line].filter((part) => part !== '').join('\n\n');
}

function linkLine(links: readonly Link[]): string {
  const parts: string[] = [];
  for (const { label, url } of links) {
    const link = discordLink(url, label);
    if ([...parts, link].join(' · ').length <= 1000) parts.push(link);
  }
  return parts.join(' · ');
}

function fieldsWithin(
  fields: readonly Field[],
  room: number,
): { readonly fields: EmbedField[]; readonly left: number } {
  const kept: EmbedField[] = [];
  let free = room;
  for (const { name, value, short } of fields.slice(0, fieldsMax)) {
    const field = {
      name: fit(name, nameCharsMax, discordText),
      value: fit(value, valueCharsMax, discordText),
      inline: short,
    };
    free -= field.name.length + field.value.length;
    if (free < 0) break;
    kept.push(field);
  }
  return { fields: kept, left: fields.length - kept.length };
}

/** Footers show no Markdown: nothing there needs a backslash, and nothing is a link. */
function footer({ severity, rule, eventId }: Message, more: string): string {
  return cut(`${severity} · rule ${fit(rule, 200, plainText)} · ${cut(eventId, 32)}${more}`, footerCharsMax);
}
