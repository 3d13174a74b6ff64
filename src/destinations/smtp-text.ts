import type { Message } from '../render/message.ts';
import { plainText } from '../render/plain.ts';

/** The plain-text part for one message, or a digest of several. `footer` says who sent it. */
export function mailText(messages: readonly Message[], footer: string): string {
  const [only] = messages;
  const body = only !== undefined && messages.length === 1 ? whole(only) : messages.map(brief).join('\n\n');
  return `${body}\n\n-- \n${plainText(footer)}\n`;
}

function whole(message: Message): string {
  const facts = [
    ...message.fields,
    { name: 'Time', value: message.time },
    { name: 'Severity', value: message.severity },
    { name: 'Rule', value: message.rule },
    { name: 'Event', value: message.eventId },
  ];
  const width = Math.max(...facts.map(({ name }) => name.length)) + 1;
  const lines = facts.map(({ name, value }) => `${`${plainText(name)}:`.padEnd(width)} ${plainText(value)}`);
  const links = message.links.map(({ label, url }) => `${plainText(label)}: ${url}`);
  return [plainText(message.title), plainText(message.summary), lines.join('\n'), links.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function brief({ time, severity, title, summary, links }: Message): string {
  const [link] = links;
  const lines = [`${time} ${severity}: ${plainText(title)}`, plainText(summary), link?.url ?? ''];
  return lines.filter((line) => line !== '').join('\n  ');
}
