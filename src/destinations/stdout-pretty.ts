import type { Severity } from '../core/delivery.ts';
import { unreachable } from '../core/errors.ts';
import type { Message } from '../render/message.ts';
import { terminalText } from '../render/terminal.ts';

const reset = '\u001b[0m';
const bold = '\u001b[1m';
const dim = '\u001b[2m';

/** A message as three lines for a terminal: time, severity and title; what it means; where it comes from. */
export function prettyMessage({ title, summary, severity, time, rule, fields }: Message, colours: boolean): string {
  const paint = (style: string, text: string): string => (colours ? `${style}${text}${reset}` : text);
  const facts = fields
    .filter(({ name }) => shown.has(name))
    .map(({ name, value }) => `${name.toLowerCase()} ${terminalText(value)}`);
  return [
    `${paint(dim, time)} ${paint(colour(severity), severity.toUpperCase().padEnd(7))} ${paint(bold, terminalText(title))}`,
    `  ${terminalText(summary)}`,
    `  ${paint(dim, [`rule ${terminalText(rule)}`, ...facts].join(' · '))}`,
  ].join('\n');
}

/** What the title does not say already. */
const shown: ReadonlySet<string> = new Set(['Network', 'Browser', 'Request', 'Stage', 'Bound to', 'Task', 'Tenant']);

function colour(severity: Severity): string {
  switch (severity) {
    case 'notice':
      return '\u001b[34m';
    case 'warning':
      return '\u001b[33m';
    case 'alert':
      return '\u001b[1;31m';
    default:
      return unreachable(severity);
  }
}
