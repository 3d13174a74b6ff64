import type { Findings } from '../findings.ts';
import { models, type BlueprintObject, type Objects } from '../objects.ts';
import type { PolicyDraft } from './bindings.ts';

/** One policy is enough in authentik: a negated one beside others lets nearly every event through. */
export function warnOfNegation(
  rule: BlueprintObject,
  what: string,
  active: readonly PolicyDraft[],
  findings: Findings,
): void {
  if (active.length < 2 || !active.some(({ negate }) => negate)) return;
  findings.note(
    rule.at,
    `${what}: one policy is enough in authentik, so with the negated one it fires for EVERY event that this one does not match; set mode: all to have all of them count`,
  );
}

const failing = ['property_mapping_exception', 'email_sent', 'system_task_exception'];

/** A rule that hears of failing transports feeds itself. */
export function warnOfLoops(
  rule: BlueprintObject,
  what: string,
  active: readonly PolicyDraft[],
  sends: readonly string[],
  objects: Objects,
  findings: Findings,
): void {
  const actions = active.flatMap(({ fields: { action } }) =>
    action !== undefined && failing.includes(action) ? [action] : [],
  );
  const feeds = objects.of(models.mapping).length > 0 || actions.includes('email_sent');
  if (actions.length === 0 || sends.length === 0 || !feeds) return;
  findings.note(
    rule.at,
    `${what} listens to ${actions.join(', ')}, which failing transports of authentik itself cause: a loop there, as long as its rules are on; herald's own deliveries cause none`,
  );
}
