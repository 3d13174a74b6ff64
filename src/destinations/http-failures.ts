import type { Failure } from './destination.ts';

/** What can go wrong before there is an answer: rows for every kind that speaks over a network. */
export const connectionFailures: readonly Failure[] = [
  {
    when: 'connection refused, no route',
    meaning: 'Nothing listens there, or a firewall is between. Check host, port and network policies.',
    outcome: 'retried',
    reason: 'refused',
  },
  {
    when: 'name not found',
    meaning: 'The host name does not resolve where herald runs. Check its spelling and the DNS of the pod.',
    outcome: 'retried',
    reason: 'dns',
  },
  {
    when: 'TLS fails',
    meaning:
      "The certificate is not trusted, has expired or is for another name: `tls.ca` takes an authority of one's own.",
    outcome: 'retried',
    reason: 'tls',
  },
  {
    when: 'no answer in time',
    meaning: 'The service or something on the way is slow or drops packets: `timeout`, or a `proxy` that is needed.',
    outcome: 'retried',
    reason: 'timeout',
  },
  {
    when: 'connection lost',
    meaning: 'The connection broke in the middle. What was sent may have arrived.',
    outcome: 'retried',
    reason: 'reset',
  },
  {
    when: 'the proxy answers 407',
    meaning: 'The proxy wants a user name and a password: put them into `proxy`.',
    outcome: 'retried',
    reason: 'unavailable',
  },
  {
    when: 'an answer of another protocol',
    meaning: 'Something else listens on that port, or `https` and `http` are mixed up.',
    outcome: 'retried',
    reason: 'protocol',
  },
];

/** The rows of `classifyReply`: for kinds whose service gives the codes of HTTP no meaning of its own. */
export const httpFailures: readonly Failure[] = [
  {
    when: '429',
    meaning: 'Too many requests. herald waits as long as `Retry-After` says, at most an hour.',
    outcome: 'retried',
    reason: 'throttled',
    sample: { status: 429, headers: { 'retry-after': '7' } },
  },
  {
    when: '5xx, 425',
    meaning: 'The service has a problem of its own. A `Retry-After` is heeded.',
    outcome: 'retried',
    reason: 'unavailable',
    sample: { status: 503, headers: { 'retry-after': '7' } },
  },
  {
    when: '408',
    meaning: 'The request took the service too long.',
    outcome: 'retried',
    reason: 'timeout',
    sample: { status: 408 },
  },
  {
    when: '401, 403',
    meaning: 'The token, the password or the right to write is missing. Nothing is given up while it is repaired.',
    outcome: 'held',
    reason: 'unauthorized',
    sample: { status: 401 },
  },
  {
    when: '404, 410',
    meaning: 'Nothing is at that address, or no longer. Check `url`, then retry the dead letters.',
    outcome: 'dead letter',
    reason: 'not_found',
    sample: { status: 404 },
  },
  {
    when: '3xx',
    meaning: 'The service is elsewhere. Redirects are never followed: put the new address into `url`.',
    outcome: 'dead letter',
    reason: 'redirect',
    sample: { status: 301, headers: { location: 'https://elsewhere.example/' } },
  },
  {
    when: '413',
    meaning: 'One event is larger than the service takes.',
    outcome: 'dead letter',
    reason: 'too_large',
    sample: { status: 413 },
  },
  {
    when: 'any other 4xx',
    meaning: 'The service calls the request wrong; the beginning of its answer is kept with the dead letter.',
    outcome: 'dead letter',
    reason: 'invalid',
    sample: { status: 400, body: 'invalid' },
  },
];

/** The same for several events in one request; `options` are those that make the example send several. */
export function batchFailures(options: { readonly [key: string]: unknown } = {}): readonly Failure[] {
  return [
    {
      when: '413 to several events',
      meaning: 'Halves until they fit, so that only an event that is too large by itself is given up.',
      outcome: 'split',
      reason: 'too_large',
      sample: { status: 413, batch: 2, options },
    },
    {
      when: 'any other 4xx to several events',
      meaning: 'Halves until the event is found that the service calls wrong.',
      outcome: 'split',
      reason: 'invalid',
      sample: { status: 400, body: 'invalid', batch: 2, options },
    },
  ];
}
