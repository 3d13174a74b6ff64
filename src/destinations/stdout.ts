import type { SendResult } from '../core/delivery.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { formats } from '../render/formats/format.ts';
import { renderMessage } from '../render/message.ts';
import { defineDestination } from './destination.ts';
import { eventText, formatDescription } from './format.ts';
import { prettyMessage } from './stdout-pretty.ts';

const schema = {
  type: 'object',
  properties: {
    format: {
      type: 'string',
      enum: ['pretty', 'json', ...formats],
      default: 'pretty',
      description: `\`pretty\`: a few lines for people. Anything else is one line a notification, \`json\` the same as \`herald\`. ${formatDescription}.`,
    },
  },
} as const satisfies ObjectSchema;

/** The terminal, or whatever reads herald's standard output. */
export const stdout = defineDestination({
  type: 'stdout',
  summary: 'Standard output',
  schema,
  example: { format: 'json' },
  ignores: ['timeout', 'tls', 'proxy', 'allow_link_local'],
  guide: {
    notes: [
      "herald's own log goes to standard error, so that standard output holds nothing but notifications.",
      'Text from events is shown without control characters: it cannot steer the terminal.',
    ],
    order: 'Kept.',
    idempotency: "None is possible; the `json` format has the delivery's `key`.",
    limits: ['None. A reader that does not read holds this destination up, and no other.'],
    failures: [
      {
        when: 'standard output is closed',
        meaning: 'The program that read it has ended.',
        outcome: 'retried',
        reason: 'io',
      },
    ],
  },

  policy() {
    return { items: 100, bytes: 1024 * 1024, waitMs: 0, maxAgeMs: undefined, digest: 1 };
  },

  create({ format }, { stdout, colours, instance, authentikUrl, runbook }) {
    const context = { instance, authentikUrl };
    return {
      send(batch, signal) {
        const texts = batch.map((delivery) => {
          if (format !== 'pretty') return `${eventText(format === 'json' ? 'herald' : format, delivery, context)}\n`;
          const { event, rule, severity } = delivery;
          return `${prettyMessage(renderMessage(event, { rule, severity, authentikUrl, runbook: runbook(rule) }), colours)}\n`;
        });
        return settled(() => stdout(texts.join('')), signal);
      },
      async close() {},
    };
  },
});

const aborted: SendResult = { status: 'retry', reason: 'unavailable', detail: 'aborted' };

/** A reader that does not read must not hold up the end: the wait is given up when the signal aborts. */
function settled(write: () => Promise<void>, signal: AbortSignal): Promise<SendResult> {
  if (signal.aborted) return Promise.resolve(aborted);
  return new Promise((resolve) => {
    const settle = (result: SendResult): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const onAbort = (): void => settle(aborted);
    signal.addEventListener('abort', onAbort, { once: true });
    write().then(
      () => settle({ status: 'delivered' }),
      () => settle({ status: 'retry', reason: 'io', detail: 'standard output is closed' }),
    );
  });
}
