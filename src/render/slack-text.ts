import { defang } from './defang.ts';
import { visible } from './visible.ts';

/**
 * Slack has no escape for its formatting characters. Where one could open or close a format it is replaced by a character
 * that looks the same; between two word characters (`svc_reports`) Slack leaves it alone, and so do we.
 */
const lookalikes: ReadonlyMap<string, string> = new Map([
  ['*', '∗'],
  ['_', 'ˍ'],
  ['~', '∼'],
  ['`', 'ˋ'],
]);

const formatting = /(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|`/g;
const emojiName = /:(?=[\p{L}\p{M}\p{N}_+'-]+:)/gu;
/** A quotation, which Slack makes of these at the start of a line. */
const quotation = /^\s*>+/;
/** Names that some clients take for a mention even without brackets. */
const mention = /(?<![\w.])@(?=(?:here|channel|everyone|group)\b)/gi;

/** Text from an event for Slack's mrkdwn: no formatting, no mention, no link, no emoji code, one line. */
export function slackMrkdwn(text: string): string {
  return defang(visible(text))
    .replace(quotation, (marks) => marks.replaceAll('>', '›'))
    .replaceAll(formatting, (char) => lookalikes.get(char) ?? char)
    .replaceAll(emojiName, '∶')
    .replaceAll(mention, '＠')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Text from an event for Slack's plain_text objects, which format nothing: no angle brackets that a client could take for a mention. */
export function slackPlain(text: string): string {
  return defang(visible(text)).replaceAll(mention, '＠').replaceAll('<', '‹').replaceAll('>', '›');
}

/** A link of our own in mrkdwn; the address is one that we made. */
export function slackLink(url: string, label: string): string {
  const address = url.replaceAll(/[|<>]/g, encodeURIComponent).replaceAll('&', '&amp;');
  return `<${address}|${slackMrkdwn(label)}>`;
}
