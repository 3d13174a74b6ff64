import type { SendResult } from '../../core/delivery.ts';
import { describeReply, held } from '../../net/classify.ts';
import type { HttpFailure, HttpReply } from '../../net/http.ts';
import { classifyBatch } from '../batch/reply.ts';

/** What an answer of the push interface means. 2xx alone is no success: an operator who blocks a tenant may have chosen 260 for it. */
export function classifyPush(
  reply: HttpReply | HttpFailure,
  nowMs: number,
  entries: readonly { readonly atMs: number }[],
): SendResult {
  if (reply.kind === 'failure') return classifyBatch(reply, nowMs, entries.length);
  if (reply.status === 204 || reply.status === 200) return { status: 'delivered' };
  if (reply.status === 260) return held(describeReply(reply), 'unavailable');
  if (reply.status !== 400) return classifyBatch(reply, nowMs, entries.length);
  if (reply.body.includes('allow_structured_metadata')) return held(describeReply(reply), 'invalid');
  const oldestMs = oldestTaken(reply.body);
  const late = oldestMs === undefined ? 0 : entries.filter(({ atMs }) => atMs < oldestMs).length;
  if (oldestMs === undefined || late === 0) return classifyBatch(reply, nowMs, entries.length);
  const detail = describeReply(reply);
  // Loki has stored the others of the request. Sent again they are the same entries to it, and any other fault comes to light.
  return {
    status: 'partial',
    items: entries.map(({ atMs }) =>
      atMs < oldestMs ? { status: 'rejected', reason: 'expired', detail } : { status: 'unsent' },
    ),
  };
}

/** The limit that Loki names for entries that are too old, for all it takes or for a stream; the lowest where it names several. */
function oldestTaken(body: string): number | undefined {
  const named = [...body.matchAll(/oldest acceptable timestamp is: (\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))/g)];
  const times = named.map(([, time = '']) => Date.parse(time)).filter((ms) => !Number.isNaN(ms));
  return times.length === 0 ? undefined : Math.min(...times);
}
