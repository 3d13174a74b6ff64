import { messageIdDomain, product } from '../core/identity.ts';
import { headerText } from '../render/header.ts';
import type { Message } from '../render/message.ts';
import { mailHtml } from './smtp-html.ts';
import { mailText } from './smtp-text.ts';

export interface MailOptions {
  readonly from: string;
  readonly to: readonly string[];
  readonly subjectPrefix: string;
  /** This copy of herald. */
  readonly instance: string;
}

/** What a mail is about: a message, or a digest with the messages that it stands for. */
export interface MailContent {
  readonly head: Message;
  readonly items: readonly Message[];
}

/** The bytes of one mail. `id` makes the same Message-ID on every attempt. */
export async function composeMail(
  { head, items }: MailContent,
  id: string,
  sentMs: number,
  options: MailOptions,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const footer = `Sent by ${product} on ${options.instance}.`;
  const composer = new MailComposer({
    from: { name: 'authentik', address: options.from },
    to: options.to.map((address) => ({ name: '', address })),
    subject: options.subjectPrefix + headerText(head.title),
    date: new Date(sentMs),
    messageId: `<${id}@${messageIdDomain}>`,
    headers: headersOf(head, items.length),
    text: mailText(head, items, footer),
    html: mailHtml(head, items, footer),
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
function headersOf(head: Message, items: number): { readonly [name: string]: string } {
  return {
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
    'X-Herald-Rule': headerText(head.rule),
    'X-Herald-Severity': head.severity,
    'X-Herald-Event': items === 0 ? head.eventId : `${items} events`,
    ...(head.severity === 'alert' && { 'X-Priority': '1 (Highest)', Importance: 'High' }),
  };
}
