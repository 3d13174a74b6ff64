import { OperationalError } from '../core/errors.ts';
import type { ObjectSchema } from '../core/schema.ts';
import { renderMessage } from '../render/message.ts';
import { defineDestination } from './destination.ts';

const schema = { type: 'object', properties: {} } as const satisfies ObjectSchema;

/** herald's own list of notifications, kept in the journal. */
export const local = defineDestination({
  type: 'local',
  summary: "herald's own list of notifications",
  schema,
  example: {},
  stays: true,
  ignores: ['timeout', 'tls', 'proxy', 'allow_link_local'],
  guide: {
    notes: ['The notifications stay in the journal, beside the events that they are about.'],
    order: 'Kept.',
    idempotency: 'A delivery that comes twice is one notification: it is stored under its key.',
    limits: ['The same as for the journal: `journal.max_size` and `journal.retention`.'],
    failures: [
      {
        when: 'the journal cannot be written',
        meaning: 'The disk is full or read-only: the log names the error.',
        outcome: 'retried',
        reason: 'io',
      },
    ],
  },

  policy() {
    return { items: 100, bytes: 1024 * 1024, waitMs: 0, maxAgeMs: undefined, digest: 1 };
  },

  create(_config, { inbox, authentikUrl }) {
    return {
      async send(batch, signal) {
        if (signal.aborted) return { status: 'retry', reason: 'unavailable', detail: 'aborted' };
        try {
          for (const { key, event, rule, severity } of batch) {
            const { title, summary } = renderMessage(event, { rule, severity, authentikUrl });
            inbox.put({ key, eventId: event.id, at: event.at, rule, severity, title, summary });
          }
        } catch (error) {
          if (!(error instanceof OperationalError)) throw error;
          return { status: 'retry', reason: 'io', detail: error.code };
        }
        return { status: 'delivered' };
      },
      async close() {},
    };
  },
});
