import { lossless } from '../batch/failures.ts';
import type { Failure, FailureOutcome, Guide } from '../destination.ts';
import type { Reason } from '../../core/delivery.ts';

/** What the page of `sentinel` says. */
export const guide: Guide = {
  notes: [
    'Rows go to a data collection rule by the Logs Ingestion API. A row has a column for what one searches for and the whole event in `Event`; the names follow the Advanced Security Information Model where it has one.',
    'Tokens come from Microsoft Entra with a secret or the token of a workload identity, are kept in memory and renewed five minutes before they expire. When Entra is away the old one serves to its end.',
    'Azure accepts rows before the transformation of the rule runs: what that drops, it says only in the diagnostics of the rule.',
  ],
  order:
    'Not kept: up to three requests are under way at once (`concurrency`), each with up to 1,000 events or 1 MB in order. Queries sort by `TimeGenerated`. After a failure one at a time goes out, the oldest first, until one is taken.',
  idempotency:
    'Azure knows no duplicates: `DeliveryKey` is the same on every attempt, `summarize arg_max(TimeGenerated, *) by DeliveryKey` hides what came twice.',
  limits: [
    'Azure takes 1 MB in a request, before and after compression.',
    'Azure cuts a field of more than 64 KB; herald shortens a row of more than 64 kB, its longest texts first.',
    'A `TimeGenerated` of more than two days ago or a day ahead is replaced by Azure with the time of arrival; `EventTime` stays.',
  ],
  failures: [
    row(400, 'InvalidStream', 'The rule has no such stream: check `stream`.', 'held', 'not_found'),
    row(
      400,
      'InvalidPayload',
      'The rows are not what the rule declares: take the columns of `herald setup`.',
      'dead letter',
      'invalid',
    ),
    row(
      401,
      'InvalidAuthorizationToken',
      'The token is not taken; the next attempt gets a new one.',
      'held',
      'unauthorized',
    ),
    row(
      403,
      'OperationFailed',
      'The application needs the role Monitoring Metrics Publisher on the rule, which takes up to half an hour to be there.',
      'held',
      'unauthorized',
    ),
    row(
      404,
      'NotFound',
      'There is no such rule behind that endpoint: check `dcr_id` and `url`, which must be of one region.',
      'held',
      'not_found',
    ),
    {
      when: 'no token from Entra: invalid_client',
      meaning: 'The secret is wrong or has expired, or the application is not in that tenant.',
      outcome: 'held',
      reason: 'unauthorized',
    },
    ...lossless.filter(({ when }) => when !== '404' && when !== '401, 403'),
  ],
};

function row(status: number, code: string, meaning: string, outcome: FailureOutcome, reason: Reason): Failure {
  const body = JSON.stringify({ error: { code, message: meaning } });
  return { when: `${status} ${code}`, meaning, outcome, reason, sample: { status, body } };
}
