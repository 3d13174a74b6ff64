import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import type { Delivery } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { Secret } from '../core/secret.ts';
import { textVariables } from '../expression/environment.ts';
import type { Scope } from '../expression/expression.ts';
import { compileTemplate } from '../expression/template.ts';
import { classifyReply } from '../net/classify.ts';
import { createHttpClient } from '../net/client.ts';
import { jsonFormats } from '../render/formats/format.ts';
import { renderMessage } from '../render/message.ts';
import { batchId } from './batch-id.ts';
import { defineDestination, type DestinationDeps, type OptionProblem } from './destination.ts';
import { guide } from './webhook-guide.ts';
import { formatDescription } from './format.ts';
import { authentikSummary, encodeItems, itemWriter, type ScopeOf } from './webhook-body.ts';
import { headerProblems, headerWriter } from './webhook-headers.ts';
import { secretProblem, sign } from './webhook-signature.ts';

const gzip = promisify(gzipCallback);

const signingSecret = { type: 'string', secret: true, minLength: 1 } as const;

const schema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      format: 'url',
      secret: true,
      description: 'Where to send. Never shown: hooks carry their password in it.',
    },
    method: { type: 'string', enum: ['POST', 'PUT'], default: 'POST', description: 'HTTP method.' },
    headers: {
      type: 'object',
      properties: {},
      additionalProperties: { type: 'string', secret: true },
      default: {},
      description: 'Headers to add. Values may hold `${ CEL }`, and are cut to 4 KiB then. Never shown.',
    },
    body: {
      json: true,
      description:
        'The body as YAML; its texts may hold `${ CEL }`. A text that is one hole keeps its type: `"${event}"` is the whole event.',
    },
    format: {
      type: 'string',
      enum: jsonFormats,
      description: `${formatDescription}. Without it and without \`body\` the body is that of authentik's own webhook; for \`ndjson\` and \`array\` it is \`herald\`.`,
    },
    recipient: {
      type: 'object',
      properties: {
        email: { type: 'string', description: 'Value of `user_email`.' },
        username: { type: 'string', description: 'Value of `user_username`.' },
      },
      description: "Whom authentik's own body names as the recipient.",
    },
    signing_secret: {
      anyOf: [signingSecret, { type: 'array', items: signingSecret, minItems: 1, maxItems: 4 }],
      description:
        'Signs requests as Standard Webhooks says: `whsec_…` or any text. Two of them while one is being replaced.',
    },
    encoding: {
      type: 'string',
      enum: ['single', 'ndjson', 'array'],
      default: 'single',
      description: 'One event a request, or many: one JSON a line, or a JSON array.',
    },
    gzip: { type: 'boolean', default: false, description: 'Compress the body.' },
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** Any HTTP receiver: authentik's own body, herald's, or the user's. */
export const webhook = defineDestination({
  type: 'webhook',
  summary: 'HTTP receiver of JSON',
  schema,
  example: {
    url: 'https://hooks.example.com/authentik/8Wb1kzpX',
    headers: { Authorization: 'Bearer 1f0c8a5e7d' },
    body: { who: '${event.user.username}', what: '${event.action}', severity: '${severity}', event: '${event}' },
    signing_secret: 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0',
  },
  guide,

  policy({ encoding }) {
    const single = encoding === 'single';
    return { items: single ? 1 : 1000, bytes: 1024 * 1024, waitMs: 0, maxAgeMs: undefined, digest: 1 };
  },

  check(config): readonly OptionProblem[] {
    const body = config.body === undefined ? undefined : compileTemplate(config.body, textVariables);
    const both = config.body !== undefined && config.format !== undefined;
    return [
      ...headerProblems(config.headers, config.encoding !== 'single'),
      ...(body === undefined || body.ok ? [] : body.problems).map(({ path, message }) => ({
        path: ['body', ...path],
        message,
      })),
      ...(both ? [{ path: ['format'], message: '`body` is given too: one of them' }] : []),
      ...signingSecrets(config.signing_secret).flatMap((secret, at) => {
        const message = secretProblem(secret);
        const path = config.signing_secret instanceof Secret ? ['signing_secret'] : ['signing_secret', at];
        return message === undefined ? [] : [{ path, message }];
      }),
    ];
  },

  create(config, deps) {
    const { encoding, method, url } = config;
    const client = createHttpClient(deps.common, deps.clock);
    const itemOf = itemWriter(config, deps);
    const writeHeaders = headerWriter(config.headers);
    const secrets = signingSecrets(config.signing_secret);
    const templates = [config.body, ...Object.values(config.headers).map((value) => value.reveal())];
    const scopeOf = scopeMaker(deps, JSON.stringify(templates));
    return {
      async send(batch, signal) {
        const [first] = batch;
        if (first === undefined) return { status: 'delivered' };
        if (encoding === 'single' && batch.length > 1) return { status: 'retry', reason: 'too_large', split: true };
        const body = encodeItems(
          batch.map((delivery) => itemOf(delivery, scopeOf)),
          encoding,
        );
        const id = batchId(batch);
        const headers = {
          'content-type': encoding === 'ndjson' ? 'application/x-ndjson' : 'application/json',
          ...writeHeaders(first, scopeOf),
          ...(config.gzip && { 'content-encoding': 'gzip' }),
          ...(secrets.length > 0 ? sign(id, deps.clock.now(), body, secrets) : { 'webhook-id': id }),
        };
        const payload = config.gzip ? await gzip(body) : body;
        const reply = await client.request({ method, url: url.reveal(), headers, body: payload, signal });
        return classifyReply(reply, deps.clock.now(), batch.length);
      },
      close: () => client.close(),
    };
  },
});

function signingSecrets(option: Secret | readonly Secret[] | undefined): readonly Secret[] {
  if (option === undefined) return [];
  return option instanceof Secret ? [option] : option;
}

/** What expressions see. The words are made only for templates that may ask for them: they cost as much as all the rest. */
function scopeMaker({ clock, authentikUrl }: DestinationDeps, templates: string): ScopeOf {
  const wordy = /\b(?:title|summary)\b/.test(templates);
  const bodied = /\bbody\b/.test(templates);
  // The same scope for headers and body of a delivery: expressions keep the last one's event in their own form.
  let last: { readonly delivery: Delivery; readonly scope: Scope } | undefined;
  return (delivery) => {
    if (last?.delivery === delivery) return last.scope;
    const { event, rule, severity, key } = delivery;
    const words = wordy ? renderMessage(event, { rule, severity, authentikUrl }) : { title: '', summary: '' };
    const { title, summary } = words;
    const body = bodied ? authentikSummary(event.action, event.context) : '';
    const scope = { event, nowMs: clock.now(), rule, severity, title, summary, body, delivery_key: key };
    last = { delivery, scope };
    return scope;
  };
}
