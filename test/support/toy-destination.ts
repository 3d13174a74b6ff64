import type { ObjectSchema } from '../../src/core/schema.ts';
import { defineDestination } from '../../src/destinations/destination.ts';
import { connectionFailures, httpFailures } from '../../src/destinations/http-failures.ts';
import { classifyReply } from '../../src/net/classify.ts';
import { createHttpClient } from '../../src/net/client.ts';

const schema = {
  type: 'object',
  properties: {
    url: { type: 'string', format: 'url', secret: true, description: 'Where the toy is.' },
    bell: { type: 'boolean', default: true, description: 'Ring it.' },
  },
  required: ['url'],
} as const satisfies ObjectSchema;

/** As small as a destination can be: what a new one has to bring, and all of it. */
export const toy = defineDestination({
  type: 'toy',
  summary: 'A toy that rings',
  schema,
  example: { url: 'https://toy.example.com/rings/dG95LXNlY3JldA' },
  guide: {
    notes: ['It rings.'],
    order: 'Kept.',
    idempotency: 'The header `toy-key`.',
    limits: ['One ring at a time.'],
    failures: [...httpFailures, ...connectionFailures],
  },

  policy() {
    return { items: 1, bytes: 1024 * 1024, waitMs: 0, maxAgeMs: undefined, digest: 1 };
  },

  setup({ bell }) {
    return [{ title: 'The bell', file: 'toy.json', language: 'json', text: JSON.stringify({ bell }) }];
  },

  create({ url, bell }, { common, clock }) {
    const client = createHttpClient(common, clock);
    return {
      async send([delivery], signal) {
        const headers = { 'content-type': 'application/json', 'toy-key': delivery?.key ?? '' };
        const body = JSON.stringify({ bell, action: delivery?.event.action });
        const reply = await client.request({ method: 'POST', url: url.reveal(), headers, body, signal });
        return classifyReply(reply, clock.now());
      },
      close: () => client.close(),
    };
  },
});
