import { messageIdDomain, product } from '../core/identity.ts';
import { headerText } from '../render/header.ts';
import type { Message } from '../render/message.ts';
import { gravest } from '../render/severity.ts';
import { mailHtml } from './smtp-html.ts';
import { mailText } from './smtp-text.ts';

export interface MailOptions {
  readonly from: string;
  readonly to: readonly string[];
  readonly subjectPrefix: string;
  /** This copy of herald. */
  readonly instance: string;
}

/** The bytes of one mail about one message, or a digest of several. `id` makes the same Message-ID on every attempt. */
export async function composeMail(
  messages: readonly Message[],
  id: string,
  sentMs: number,
  options: MailOptions,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const severity = gravest(messages.map((message) => message.severity));
  const title = titleOf(messages);
  const footer = `Sent by ${product} on ${options.instance}.`;
  const composer = new MailComposer({
    from: { name: 'authentik', address: options.from },
    to: options.to.map((address) => ({ name: '', address })),
    subject: options.subjectPrefix + headerText(title),
    date: new Date(sentMs),
    messageId: `<${id}@${messageIdDomain}>`,
    headers: headersOf(messages, severity),
    text: mailText(messages, footer),
    html: mailHtml(messages, title, footer),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return new Promise((resolve, reject) => {
    composer.compile().build((error, bytes) => {
      if (error !== null) reject(error);
      else resolve(Buffer.from(bytes ?? ''));
    });
  });
}

/** Nobody's vacation notice shall answer, and mail programs can filter by what is in here. */
function headersOf(messages: readonly Message[], severity: string): { readonly [name: string]: string } {
  const rules = new Set(messages.map(({ rule }) => rule));
  return {
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
    'X-Herald-Rule': headerText([...rules].join(', ')),
    'X-Herald-Severity': severity,
    ...(severity === 'alert' && { 'X-Priority': '1 (Highest)', Importance: 'High' }),
    'X-Herald-Event': headerText(messages.length === 1 ? (messages[0]?.eventId ?? '') : `${messages.length} events`),
  };
}

function titleOf(messages: readonly Message[]): string {
  const [first] = messages;
  if (first === undefined || messages.length === 1) return first?.title ?? '';
  return `${messages.length} notifications: ${first.title}, …`;
}
