import type { ItemResult, Reason, SendResult } from '../core/delivery.ts';
import type { Failure, FailureOutcome } from '../destinations/destination.ts';

/** What one attempt came to, for people: the first line says it, the others explain and advise. */
export interface AnswerInWords {
  readonly arrived: boolean;
  readonly lines: readonly string[];
}

export interface AnswerContext {
  readonly tookMs: number;
  /** The destination goes through a proxy. */
  readonly proxied: boolean;
  /** Said after a success. */
  readonly hint: string;
}

const rowsMax = 3;

/** What became of the one delivery. */
type Only = Exclude<SendResult, { status: 'partial' }> | Exclude<ItemResult, { status: 'delivered' }>;

/** Explains the result of sending one delivery with the rows of the kind's failure table that are about it. */
export function answerInWords(
  result: SendResult,
  failures: readonly Failure[],
  { tookMs, proxied, hint }: AnswerContext,
): AnswerInWords {
  const only: Only = result.status === 'partial' ? (result.items[0] ?? { status: 'unsent' }) : result;
  if (only.status === 'delivered') {
    const odd = only.detail === undefined ? '' : `, but ${only.detail}`;
    return { arrived: true, lines: [`delivered in ${tookMs} ms${odd}`, hint] };
  }
  if (only.status === 'unsent') return { arrived: false, lines: ['not sent: the message does not fit into a request'] };
  const { reason, detail } = only;
  const said = detail === undefined || detail === '' ? '' : ` (${detail})`;
  return {
    arrived: false,
    lines: [
      `${sayings[reason]}${said}, after ${tookMs} ms`,
      ...rowsAbout(reason, detail, failures).map(({ when, meaning }) => `${when}: ${meaning}`),
      ...(proxied ? ['It goes through the `proxy` of the configuration, which may be what fails.'] : []),
      `A running herald ${habits[habitOf(only)]}.`,
    ],
  };
}

const sayings: { readonly [R in Reason]: string } = {
  throttled: 'refused for now: too many requests',
  unavailable: 'not taken: the service has a problem',
  timeout: 'no answer in time',
  refused: 'not reachable: the connection is refused',
  reset: 'the connection was lost',
  dns: 'not reachable: the host name is not found',
  tls: 'no trusted TLS connection',
  unauthorized: 'refused: not let in',
  not_found: 'refused: nothing is at that address',
  invalid: 'refused: the service calls the message wrong',
  too_large: 'refused: too large',
  redirect: 'refused: the answer points elsewhere',
  protocol: 'not understood: the answer is not that of this service',
  expired: 'given up: too old',
  shed: 'dropped',
  io: 'writing failed',
};

const habits: { readonly [O in Exclude<FailureOutcome, 'delivered' | 'split' | 'item by item'>]: string } = {
  retried: 'tries again, with growing waits, and gives up only what is older than `retry.max_age`',
  held: 'holds what is for this destination, asks again every two minutes and gives up only what is older than `retry.max_age`',
  'dead letter': 'makes a dead letter of what is answered so',
};

function habitOf(result: Extract<Only, { status: 'retry' | 'rejected' }>): keyof typeof habits {
  if (result.status === 'rejected') return 'dead letter';
  return result.reason === 'unauthorized' || ('afterMs' in result && (result.afterMs ?? 0) >= 120_000)
    ? 'held'
    : 'retried';
}

/** The rows of that reason; those that name the status of the answer before those that do not. */
function rowsAbout(reason: Reason, detail: string | undefined, failures: readonly Failure[]): readonly Failure[] {
  const rows = failures.filter((row) => row.reason === reason);
  const status = /\b[1-5]\d\d\b/.exec(detail ?? '')?.[0];
  const named = rows.filter(
    ({ when }) => status !== undefined && (when.includes(status) || when.includes(`${status[0]}xx`)),
  );
  return (named.length > 0 ? named : rows).slice(0, rowsMax);
}
