import type { Dispatcher } from 'undici';
import { asText, get } from '../../core/json.ts';
import { parseObject } from '../../decode/json.ts';
import { retryAfterMs, shortText } from '../../net/classify.ts';
import type { Refusal } from './outcome.ts';

const bodyBytesMax = 64 * 1024;

/** Reads an answer that is not 200: a `Status` object whose message says what is wrong. Never rejects. */
export async function readRefusal(reply: Dispatcher.ResponseData, nowMs: number): Promise<Refusal> {
  const header = reply.headers['retry-after'];
  const afterMs = retryAfterMs(Array.isArray(header) ? header[0] : header, nowMs);
  const text = await readText(reply.body);
  const message = shortText(asText(get(parseObject(text), 'message')) ?? text);
  return { status: 'refused', code: reply.statusCode, message, ...(afterMs !== undefined && { afterMs }) };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > bodyBytesMax) break;
    }
  } catch (error) {
    // The status line has said what matters; the words are for people.
    pieces.push(Buffer.from(` (${error instanceof Error ? error.name : 'cut off'})`));
  }
  return Buffer.concat(pieces).subarray(0, bodyBytesMax).toString('utf8');
}
