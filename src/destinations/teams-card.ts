import type { Severity } from '../core/delivery.ts';
import { cardText } from '../render/card-text.ts';
import { cut, cutTo, fit } from '../render/cut.ts';
import type { Field, Link } from '../render/field.ts';
import type { Message } from '../render/message.ts';

/**
 * Teams takes messages of 28 KiB, but counts the card as it stores it: as JSON inside a JSON text, where every quote has a
 * backslash (a request of 24,453 bytes was refused as one of 28,897). Stay clear of it, measured that way.
 */
const storedBytesMax = 24 * 1024;
const linksMax = 5;

interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large' | 'Small';
  readonly isSubtle?: true;
}

/** Text runs know no Markdown: whatever an event holds is shown as it is. */
interface RichTextBlock {
  readonly type: 'RichTextBlock';
  readonly inlines: readonly TextRun[];
  readonly spacing?: 'Small' | 'None';
}

interface Container {
  readonly type: 'Container';
  readonly style: 'accent' | 'warning' | 'attention';
  readonly bleed: true;
  readonly items: readonly RichTextBlock[];
}

/** The body of a request to a workflow. */
export interface TeamsPayload {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: AdaptiveCard;
    },
  ];
}

/** Version 1.4 is what workflows post without complaint in every edition of Teams. */
interface AdaptiveCard {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly fallbackText: string;
  readonly msteams: { readonly width: 'Full' };
  readonly body: readonly (Container | RichTextBlock)[];
  readonly actions?: readonly { readonly type: 'Action.OpenUrl'; readonly title: string; readonly url: string }[];
}

/** A message as an Adaptive Card that Teams has room for: fields without room are left off from the end and counted. */
export function teamsPayload(message: Message): TeamsPayload {
  for (let kept = message.fields.length; kept >= 0; kept -= 1) {
    const payload = payloadOf(message, message.summary, kept);
    if (storedBytes(payload) <= storedBytesMax) return payload;
  }
  // Only the summary is left to be cut.
  return payloadOf(
    message,
    cutTo(message.summary, storedBytesMax, (summary) => storedBytes(payloadOf(message, summary, 0))),
    0,
  );
}

/** How large Teams finds it. */
export function storedBytes(payload: TeamsPayload): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(payload)));
}

function payloadOf(message: Message, summary: string, kept: number): TeamsPayload {
  const left = message.fields.length - kept;
  const title = fit(message.title, 300, cardText);
  const body = [
    heading(title, message.severity),
    block([{ text: cardText(summary) }]),
    ...message.fields.slice(0, kept).map(fieldBlock),
    ...(left > 0 ? [block([{ text: `+${left} more`, isSubtle: true }], 'None')] : []),
    block([{ text: origin(message), size: 'Small', isSubtle: true }]),
  ];
  const actions = message.links.slice(0, linksMax).map(action);
  const content: AdaptiveCard = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: title,
    msteams: { width: 'Full' },
    body,
    ...(actions.length > 0 && { actions }),
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

const styles = { notice: 'accent', warning: 'warning', alert: 'attention' } as const;

function heading(title: string, severity: Severity): Container {
  const items = [block([{ text: title, weight: 'Bolder', size: 'Large' }])];
  return { type: 'Container', style: styles[severity], bleed: true, items };
}

function fieldBlock({ name, value }: Field): RichTextBlock {
  return block([{ text: `${fit(name, 100, cardText)}: `, weight: 'Bolder' }, { text: cardText(value) }], 'Small');
}

function block(runs: readonly Omit<TextRun, 'type'>[], spacing?: 'Small' | 'None'): RichTextBlock {
  const inlines = runs.map((run) => ({ type: 'TextRun', ...run }) as const);
  return { type: 'RichTextBlock', inlines, ...(spacing !== undefined && { spacing }) };
}

function origin({ severity, rule, time, eventId }: Message): string {
  return [severity, `rule ${fit(rule, 200, cardText)}`, time, cut(eventId, 32)].join(' · ');
}

function action({ label, url }: Link): {
  readonly type: 'Action.OpenUrl';
  readonly title: string;
  readonly url: string;
} {
  return { type: 'Action.OpenUrl', title: label, url };
}
