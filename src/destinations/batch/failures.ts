import type { Failure } from '../destination.ts';
import { batchFailures, connectionFailures, httpFailures } from '../http-failures.ts';

/** The rows of `classifyBatch`, the same as HTTP's but for the wrong address. */
export const lossless: readonly Failure[] = [
  {
    when: '404',
    meaning: 'Nothing is at that address. Check `url`. Nothing is given up while it is repaired.',
    outcome: 'held',
    reason: 'not_found',
    sample: { status: 404 },
  },
  ...httpFailures.map((row) => (row.when === '404, 410' ? gone(row) : row)),
  {
    when: 'an unknown 2xx',
    meaning: 'Not an answer of the service: a proxy or a log-in page is in between.',
    outcome: 'retried',
    reason: 'protocol',
    sample: { status: 299, body: '<html>' },
  },
  ...batchFailures(),
  ...connectionFailures,
];

function gone(row: Failure): Failure {
  return { ...row, when: '410', sample: { status: 410 } };
}
