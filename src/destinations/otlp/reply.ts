import type { SendResult } from '../../core/delivery.ts';
import { asObject, asText, get } from '../../core/json.ts';
import { describeReply, shortText } from '../../net/classify.ts';
import type { HttpFailure, HttpReply } from '../../net/http.ts';
import { jsonBody } from '../../net/json-body.ts';
import { classifyBatch } from '../batch/reply.ts';
import { read } from './protobuf.ts';

/** Collectors answer 200; some services that take OTLP answer 202 or 204. */
const taken: ReadonlySet<number> = new Set([200, 202, 204]);
/** The only ones that the specification lets a client try again. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** What people repair (held like those of every other destination), an address that is gone, and what a smaller request helps. */
const common: ReadonlySet<number> = new Set([401, 403, 404, 410, 413]);

/** What an answer of OTLP/HTTP means. What is refused in part is never sent again, only said. */
export function classifyExport(reply: HttpReply | HttpFailure, nowMs: number, count: number): SendResult {
  if (reply.kind === 'failure') return classifyBatch(reply, nowMs, count);
  if (taken.has(reply.status)) return accepted(reply, count);
  if (reply.status < 400 || retryable.has(reply.status) || common.has(reply.status)) {
    return classifyBatch(withMessage(reply), nowMs, count);
  }
  return { status: 'rejected', reason: 'invalid', detail: describeReply(withMessage(reply)) };
}

function accepted(reply: HttpReply, count: number): SendResult {
  if (reply.body.trimStart().startsWith('<')) {
    return { status: 'retry', reason: 'protocol', detail: `HTTP ${reply.status}: a page instead of an answer` };
  }
  const { rejected, words } = isProtobuf(reply) ? partialOfProtobuf(reply.body) : partialOfJson(reply.body);
  if (rejected === 0 && words === '') return { status: 'delivered' };
  return { status: 'delivered', detail: `${rejected} of ${count} records refused: ${shortText(words)}` };
}

interface Partial {
  readonly rejected: number;
  readonly words: string;
}

function partialOfJson(body: string): Partial {
  const partial = asObject(get(jsonBody(body), 'partialSuccess'));
  // A 64-bit number is a text in JSON, but not every server knows.
  const rejected = Number(get(partial, 'rejectedLogRecords') ?? 0);
  return { rejected: Number.isSafeInteger(rejected) ? rejected : 0, words: asText(get(partial, 'errorMessage')) ?? '' };
}

function partialOfProtobuf(body: string): Partial {
  const partial = read(Buffer.from(body, 'latin1'), 1);
  if (!(partial instanceof Uint8Array)) return { rejected: 0, words: '' };
  const rejected = read(partial, 1);
  return { rejected: typeof rejected === 'bigint' ? Number(rejected) : 0, words: utf8(read(partial, 2)) };
}

/** An error in protobuf is a `google.rpc.Status`, of which people want the message. */
function withMessage(reply: HttpReply): HttpReply {
  return isProtobuf(reply) ? { ...reply, body: utf8(read(Buffer.from(reply.body, 'latin1'), 2)) } : reply;
}

function isProtobuf({ headers }: HttpReply): boolean {
  return headers['content-type']?.startsWith('application/x-protobuf') === true;
}

function utf8(value: bigint | Uint8Array | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}
