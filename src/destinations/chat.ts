import type { Delivery } from '../core/delivery.ts';
import { renderDigest } from '../render/digest.ts';
import { renderMessage, type Message } from '../render/message.ts';
import type { DestinationDeps, DeliveryPolicy, Failure } from './destination.ts';
import { connectionFailures, httpFailures } from './http-failures.ts';

/** Options of a destination that can send what authentik's own Slack transport would. */
export const compatOptions = {
  recipient: {
    type: 'string',
    default: 'herald',
    description: 'With `compat`: whom the field "Dispatched for user" names.',
  },
  authentik_version: {
    type: 'string',
    minLength: 1,
    description: 'With `compat`: the version in the footer, which the log does not tell.',
  },
} as const;

/** People read a chat: one message at a time, a digest when there are too many, nothing older than a day. */
export const chatPolicy: DeliveryPolicy = {
  items: 1,
  bytes: 1024 * 1024,
  waitMs: 0,
  maxAgeMs: 86_400_000,
  digest: 50,
};

/** What the pages of all chat kinds say about 429. */
export const digestNote =
  'When the service asks for fewer messages, what waits goes out as one digest of up to 50 notifications. What is older than a day is given up.';

/** What an answer of a chat service means unless it has words of its own. */
export const chatFailures: readonly Failure[] = [
  ...httpFailures,
  {
    when: '2xx with a web page',
    meaning: 'A proxy or a login page answered in place of the service.',
    outcome: 'retried',
    reason: 'protocol',
    sample: { status: 200, body: '<!DOCTYPE html><title>Sign in</title>' },
  },
  ...connectionFailures,
];

/** What a message takes from outside of its events. */
export type MessageDeps = Pick<DestinationDeps, 'authentikUrl'> & Partial<Pick<DestinationDeps, 'runbook'>>;

/** The message for a batch: that of its one delivery, or the digest of several. */
export function messageOf(batch: readonly Delivery[], { authentikUrl, runbook }: MessageDeps): Message {
  const [first] = batch;
  if (first === undefined || batch.length > 1) return renderDigest(batch, { authentikUrl });
  const { event, rule, severity } = first;
  return renderMessage(event, { rule, severity, authentikUrl, runbook: runbook?.(rule) });
}
