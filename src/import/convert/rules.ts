import { severities, type Severity } from '../../core/delivery.ts';
import { isNothing, textOf } from '../blueprint/resolved.ts';
import { placeText, type Findings } from '../findings.ts';
import type { BlueprintObject, Objects } from '../objects.ts';
import { bindingsOf, orderOf, policyOf, uuidsOf, type PolicyDraft } from './bindings.ts';
import type { Destinations } from './destinations.ts';
import { nameOf, unresolvedLabel } from './labels.ts';
import { groupReference, recipientsOf, type Recipient } from './recipients.ts';
import { warnOfLoops, warnOfNegation } from './warnings.ts';

/** A rule of the configuration; `comments` stand above it. */
export interface RuleDraft {
  readonly name: string;
  readonly comments: readonly string[];
  readonly severity: Severity;
  /** False when authentik would deliver nothing. */
  readonly enabled: boolean;
  readonly policies: readonly PolicyDraft[];
  readonly destinations: readonly string[];
  readonly policyUuids: readonly string[];
}

/** Converts a notification rule with everything that is bound to it. authentik judges every rule with mode `any`, whatever it says. */
export function convertRule(
  rule: BlueprintObject,
  objects: Objects,
  destinations: Destinations,
  findings: Findings,
): RuleDraft {
  const name = nameOf(rule);
  const what = `rule ${JSON.stringify(name)}`;
  const bindings = bindingsOf(rule, objects);
  const converted = bindings.map((binding) => policyOf(binding, what, objects, findings));
  const policies = converted.filter((one) => one !== undefined);
  const left = bindings.filter((_, index) => converted[index] === undefined);
  const active = policies.filter(({ enabled }) => enabled);
  if (bindings.length === 0) findings.note(rule.at, `${what} has no bindings: it never fires, in authentik as here`);
  else if (active.length === 0) findings.note(rule.at, `${what} has no active policy left: it never fires here`);
  warnOfNegation(rule, what, active, findings);
  const targets = targetsOf(rule, what, objects, destinations, findings);
  warnOfLoops(rule, what, active, targets.sends, objects, findings);
  return {
    name,
    comments: [
      `notification rule ${JSON.stringify(name)}, ${placeText(rule.at)}`,
      ...left.map(
        (binding) =>
          `LEFT OUT: the policy of order ${orderOf(binding)}, ${placeText(binding.at)}; herald import says why.`,
      ),
      ...targets.comments,
    ],
    severity: severityOf(rule, what, findings),
    enabled: targets.sends.length > 0 || targets.standIn,
    policies,
    destinations: targets.sends.length > 0 ? targets.sends : [destinations.standIn()],
    policyUuids: uuidsOf(bindings, objects),
  };
}

function severityOf({ fields }: BlueprintObject, what: string, findings: Findings): Severity {
  const value = fields.get('severity');
  if (isNothing(value)) return 'notice';
  const severity = severities.find((one) => one === textOf(value));
  if (severity === undefined)
    findings.lost(value.at, `${what}: its severity is none of ${severities.join(', ')}; notice stands in`);
  return severity ?? 'notice';
}

interface Targets {
  readonly sends: readonly string[];
  /** authentik delivers something, and nothing of it could be carried over. */
  readonly standIn: boolean;
  readonly comments: readonly string[];
}

function targetsOf(
  rule: BlueprintObject,
  what: string,
  objects: Objects,
  destinations: Destinations,
  findings: Findings,
): Targets {
  const nothing = (why: string): Targets => {
    findings.note(rule.at, `${what} ${why}: authentik delivers nothing for it, so it is switched off here`);
    return {
      sends: [],
      standIn: false,
      comments: [`It is switched off because it ${why}, and authentik delivers nothing then.`],
    };
  };
  const list = rule.fields.get('transports');
  const transports = list?.kind === 'list' ? list.items : [];
  if (transports.length === 0) return nothing('has no transports');
  const recipients = recipientsOf(rule, objects);
  if (recipients.length === 0) return nothing('has nobody to notify');
  tellOfGroup(rule, what, recipients, objects, findings);
  const sends = transports.flatMap((reference) => {
    const target = objects.target(reference);
    if (target.kind === 'object') return destinations.of(target.object, recipients);
    if (target.kind === 'unknown')
      findings.lost(
        reference.at,
        `${what}: ${unresolvedLabel(reference)} is not in these files; add the destination by hand`,
      );
    return [];
  });
  if (sends.length > 0) return { sends: [...new Set(sends)], standIn: false, comments: [] };
  findings.lost(
    rule.at,
    `${what}: none of its transports could be carried over; herald's own list of notifications stands in`,
  );
  return {
    sends,
    standIn: true,
    comments: ["None of its transports could be carried over: herald's own list stands in."],
  };
}

/** What is not known of those whom authentik would notify. */
function tellOfGroup(
  rule: BlueprintObject,
  what: string,
  recipients: readonly Recipient[],
  objects: Objects,
  findings: Findings,
): void {
  if (!recipients.some(({ kind }) => kind === 'unknown')) return;
  const target = objects.target(groupReference(rule));
  if (target.kind === 'unknown') {
    findings.lost(
      target.reference.at,
      `${what}: its recipients are unknown, ${unresolvedLabel(target.reference)} is not in these files`,
    );
  } else
    findings.note(rule.at, `${what}: its recipients are unknown, the files say nothing of the members of its group`);
}
