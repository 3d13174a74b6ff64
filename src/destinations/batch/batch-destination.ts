import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import type { SendResult } from '../../core/delivery.ts';
import type { BooleanSchema, NumberSchema } from '../../core/schema.ts';
import { createHttpClient } from '../../net/client.ts';
import type { HttpClient, HttpFailure, HttpReply } from '../../net/http.ts';
import type { Destination, DestinationDeps } from '../destination.ts';
import { writeItem, type Item } from '../item.ts';
import { pack, type Encoding } from './pack.ts';
import { createScratch } from './scratch.ts';
import { headersOption, staticHeaders, type StaticHeaders } from './static-headers.ts';

const gzipInto = promisify(gzipCallback);
/** The fastest. zlib's own choice, 6, takes twice the time to save a fifth of the bytes. */
const gzipLevel = 1;
const gzipChunkBytesMin = 16 * 1024;

/** The options that all destinations share whose requests carry many events. */
export const batchOptions = {
  headers: headersOption,
  gzip: { type: 'boolean', default: true, description: 'Compress the bodies.' } satisfies BooleanSchema,
  concurrency: {
    type: 'integer',
    minimum: 1,
    maximum: 16,
    default: 3,
    description: 'Most requests under way at once. `1` keeps the order of the events.',
  } satisfies NumberSchema,
} as const;

export interface BatchOptions {
  readonly headers: StaticHeaders;
  readonly gzip: boolean;
  readonly concurrency: number;
}

/** One request of a batch, ready to go. */
export interface Exchange<T extends Item> {
  readonly items: readonly T[];
  readonly signal: AbortSignal;
  readonly nowMs: number;
  /** Sends the body, compressed if that is wanted, with the user's headers and these. Once. */
  readonly post: (url: string, headers: { readonly [name: string]: string }) => Promise<HttpReply | HttpFailure>;
  /** For what belongs to it: a token before, an acknowledgement after. */
  readonly client: HttpClient;
}

/** A service that takes many events in one request. */
export interface BatchService<T extends Item> extends Encoding<T> {
  /** How much of an answer is read; see the client's option. */
  readonly replyBytesMax?: number;
  /** How an answer becomes text; see the client's option. */
  readonly replyEncoding?: 'utf8' | 'latin1';
  body(items: readonly T[]): Item;
  /** Sends one request and says what its answer means for its items. */
  exchange(exchange: Exchange<T>): Promise<SendResult>;
}

const aborted: SendResult = { status: 'retry', reason: 'unavailable', detail: 'aborted' };

/** The destination of such a service: one request an attempt, packed to the service's limits. */
export function createBatchDestination<T extends Item>(
  { common, clock }: DestinationDeps,
  options: BatchOptions,
  service: BatchService<T>,
): Destination {
  const { replyBytesMax: bodyBytesMax, replyEncoding: bodyEncoding } = service;
  const reading = {
    ...(bodyBytesMax !== undefined && { bodyBytesMax }),
    ...(bodyEncoding !== undefined && { bodyEncoding }),
  };
  const client = createHttpClient({ ...common, ...reading, connections: options.concurrency }, clock);
  const added = staticHeaders(options.headers);
  const scratch = createScratch();

  async function compressed(whole: Item): Promise<Buffer> {
    const plain = writeItem(whole, (bytes) => scratch.take(bytes));
    try {
      return await gzip(plain);
    } finally {
      scratch.giveBack(plain);
    }
  }

  return {
    async send(batch, signal) {
      if (signal.aborted) return aborted;
      const { items, spread } = pack(batch, service);
      if (items.length === 0) return spread({ status: 'delivered' });
      const whole = service.body(items);
      const body = options.gzip ? await compressed(whole) : writeItem(whole);
      const encoding = options.gzip ? { 'content-encoding': 'gzip' } : undefined;
      const result = await service.exchange({
        items,
        signal,
        nowMs: clock.now(),
        client,
        post: (url, headers) =>
          client.request({ method: 'POST', url, headers: { ...added, ...headers, ...encoding }, body, signal }),
      });
      return spread(result);
    },
    close: () => client.close(),
  };
}

/**
 * In one piece where it becomes a quarter of its size, which events always do: after each piece Node waits for its turn on this
 * thread, where the next batch is being made meanwhile.
 */
function gzip(plain: Uint8Array): Promise<Buffer> {
  return gzipInto(plain, { level: gzipLevel, chunkSize: Math.max(gzipChunkBytesMin, Math.ceil(plain.length / 4)) });
}
