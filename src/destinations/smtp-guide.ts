import type { Guide } from './destination.ts';
import { connectionFailures } from './http-failures.ts';

/** What the page of `smtp` says. */
export const guide: Guide = {
  notes: [
    'A mail has a plain and an HTML part and no pictures; text from events can be neither markup nor a header nor a link.',
    'Mails say `Auto-Submitted: auto-generated`, and `X-Herald-Rule`, `X-Herald-Severity` and `X-Herald-Event` to filter by.',
    'What waits after the server asked to come later goes out as one digest mail of up to 100 notifications, each with its title and link. What is older than a day is given up.',
  ],
  order: 'Kept. One mail is under way at a time, over one connection that stays open.',
  idempotency: '`Message-ID` is the same on every attempt, so that mail systems which compare it keep one copy.',
  limits: ["The server's own limit (`SIZE`); a mail is a few kilobytes, a digest some dozen."],
  failures: [
    {
      when: '4xx (421, 450, 451, 452 …)',
      meaning: 'The server asks to come later: greylisting, limits, a full mailbox.',
      outcome: 'retried',
      reason: 'unavailable',
      sample: { command: 'MAIL', reply: '450 4.7.1 too many' },
    },
    {
      when: '535, 534, 538, 530',
      meaning: '`username` or `password` is wrong, or the server wants another kind of login.',
      outcome: 'held',
      reason: 'unauthorized',
      sample: { command: 'AUTH', reply: '535 5.7.8 authentication failed' },
    },
    {
      when: '5xx to `MAIL FROM` or to every recipient',
      meaning: 'The server does not take mail from `from` or for `to`.',
      outcome: 'dead letter',
      reason: 'not_found',
      sample: { command: 'RCPT', reply: '550 5.1.1 no such user' },
    },
    {
      when: '5xx to some recipients',
      meaning: 'The others have the mail; the log names who was refused and why.',
      outcome: 'delivered',
      reason: undefined,
    },
    {
      when: '552',
      meaning: 'The mail is larger than the server takes.',
      outcome: 'dead letter',
      reason: 'too_large',
      sample: { command: 'MESSAGE', reply: '552 5.3.4 message too big' },
    },
    {
      when: '5xx to the mail itself',
      meaning: 'A filter refused its content; the answer is kept with the dead letter.',
      outcome: 'dead letter',
      reason: 'invalid',
      sample: { command: 'MESSAGE', reply: '554 5.7.1 refused by policy' },
    },
    {
      when: 'no STARTTLS',
      meaning: 'The server offers no encryption. Nothing is sent in clear text unless `tls: none` says so.',
      outcome: 'retried',
      reason: 'tls',
    },
    ...connectionFailures,
  ],
};
