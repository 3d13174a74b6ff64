import type { Delivery, SendResult } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import type { HttpFailure } from '../net/http.ts';
import { held, shortText } from '../net/classify.ts';
import type { SmtpRefused } from '../net/smtp-failure.ts';
import { createSmtpClient, type SmtpAccepted } from '../net/smtp.ts';
import { renderDigest } from '../render/digest.ts';
import { renderMessage } from '../render/message.ts';
import { batchId } from './batch-id.ts';
import type { MessageDeps } from './chat.ts';
import { defineDestination, type OptionProblem } from './destination.ts';
import { guide } from './smtp-guide.ts';
import { composeMail, type MailContent } from './smtp-mail.ts';

const schema = {
  type: 'object',
  properties: {
    host: { type: 'string', minLength: 1, pattern: '^[^\\s/@]+$', description: 'Name or address of the mail server.' },
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      description: 'Port of the mail server. Default: 587 for `starttls`, 465 for `implicit`, 25 for `none`.',
    },
    tls: {
      type: 'string',
      enum: ['starttls', 'implicit', 'none'],
      default: 'starttls',
      description: 'Encryption. `starttls` is required when chosen: without it nothing is sent.',
    },
    username: { type: 'string', minLength: 1, description: 'User name at the mail server, if it wants one.' },
    password: { type: 'string', minLength: 1, secret: true, description: 'Password at the mail server.' },
    from: { type: 'string', format: 'email', description: 'Address of the sender.' },
    to: {
      type: 'array',
      items: { type: 'string', format: 'email' },
      minItems: 1,
      maxItems: 50,
      description: 'Addresses of the recipients. They see each other.',
    },
    subject_prefix: {
      type: 'string',
      default: '[authentik] ',
      maxLength: 100,
      pattern: '^[^\\x00-\\x1f\\x7f]*$',
      description: 'What subjects start with.',
    },
  },
  required: ['host', 'from', 'to'],
} as const satisfies ObjectSchema;

const defaultPort = { starttls: 587, implicit: 465, none: 25 } as const;

/** A mail per event; several at once become one digest mail. */
export const smtp = defineDestination({
  type: 'smtp',
  summary: 'E-mail through a mail server',
  schema,
  example: {
    host: 'smtp.example.com',
    username: 'herald',
    password: 'correct-horse-battery',
    from: 'herald@example.com',
    to: ['oncall@example.com'],
  },
  guide,
  ignores: ['proxy'],

  policy() {
    return { items: 1, bytes: 1024 * 1024, waitMs: 0, maxAgeMs: 86_400_000, digest: 100 };
  },

  check({ host, tls, username, password }): readonly OptionProblem[] {
    if (username !== undefined && password === undefined)
      return [{ path: ['password'], message: 'required with `username`' }];
    if (username === undefined && password !== undefined)
      return [{ path: ['username'], message: 'required with `password`' }];
    const local = host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host);
    if (password === undefined || tls !== 'none' || local) return [];
    return [{ path: ['tls'], message: 'the password would be sent in clear text: use `starttls` or `implicit`' }];
  },

  create(config, deps) {
    const { common, clock, instance } = deps;
    const { host, tls: encryption, username, password, from, to } = config;
    const port = config.port ?? defaultPort[encryption];
    const login = username === undefined || password === undefined ? undefined : { username, password };
    const client = createSmtpClient({ ...common, host, port, encryption, login }, clock);
    const mailOptions = { from, to, subjectPrefix: config.subject_prefix, instance };
    return {
      async send(batch, signal) {
        const content = contentOf(batch, deps);
        const message = await composeMail(content, batchId(batch), clock.now(), mailOptions);
        return classifyMail(await client.send({ from, to, message }, signal));
      },
      close: () => client.close(),
    };
  },
});

function contentOf(batch: readonly Delivery[], { authentikUrl, runbook }: MessageDeps): MailContent {
  const items = batch.map(({ event, rule, severity }) =>
    renderMessage(event, { rule, severity, authentikUrl, runbook: runbook?.(rule) }),
  );
  const [only] = items;
  if (only !== undefined && items.length === 1) return { head: only, items: [] };
  return { head: renderDigest(batch, { authentikUrl }), items };
}

function classifyMail(outcome: SmtpAccepted | SmtpRefused | HttpFailure): SendResult {
  switch (outcome.kind) {
    case 'failure':
      return { status: 'retry', reason: outcome.reason, detail: outcome.detail };
    case 'accepted': {
      if (outcome.refused.length === 0) return { status: 'delivered' };
      const refused = outcome.refused.map(({ recipient, answer }) => `${recipient}: ${answer}`);
      return { status: 'delivered', detail: shortText(`refused for ${refused.join(', ')}`) };
    }
    default:
      return classifyRefusal(outcome);
  }
}

/** Replies of RFC 5321 and 4954: 4xx asks to come again; 5xx is final, but for those about us rather than the mail. */
function classifyRefusal({ stage, code, text }: SmtpRefused): SendResult {
  const detail = `SMTP ${text}`;
  if (code < 500) return { status: 'retry', reason: 'unavailable', detail };
  if (stage === 'auth' || code === 530 || code === 534 || code === 535 || code === 538) {
    return held(detail);
  }
  // Before any mail was offered, or out of step: another connection may do better.
  if (stage === 'session' || code === 503) return { status: 'retry', reason: 'unavailable', detail };
  if (code === 552) return { status: 'rejected', reason: 'too_large', detail };
  return { status: 'rejected', reason: stage === 'address' ? 'not_found' : 'invalid', detail };
}
