import { defang } from './defang.ts';
import { visible } from './visible.ts';

/** Every ASCII character that Discord's Markdown gives a meaning to; a backslash takes it away. */
const special = /[\\*_~`|<>[\]()#@]|^[-+]|(?<=^\d+)\.(?=\s)|:(?=[\w+-]+:)/g;

/** Text from an event for Discord's Markdown: no formatting, no mention, no link, no emoji code, one line. */
export function discordText(text: string): string {
  return defang(visible(text)).trimStart().replaceAll(special, '\\$&');
}

/** A link of our own in Discord's Markdown; the label must be ours too, because Discord escapes nothing inside one. */
export function discordLink(url: string, label: string): string {
  return `[${label.replaceAll(/[^\w .,-]/g, '')}](${url.replaceAll(/[()<>\s]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)})`;
}
