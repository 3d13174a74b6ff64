import type { Message } from '../render/message.ts';
import { plainText } from '../render/plain.ts';

/** The plain-text part: the message, and for a digest those that it stands for. `footer` says who sent it. */
export function mailText(head: Message, items: readonly Message[], footer: string): string {
  return `${[whole(head), ...items.map(brief)].join('\n\n')}\n\n-- \n${plainText(footer)}\n`;
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
