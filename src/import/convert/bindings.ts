import { textOf, type Resolved } from '../blueprint/resolved.ts';
import type { Findings } from '../findings.ts';
import { models, type BlueprintObject, type Objects } from '../objects.ts';
import { convertPolicy, type PolicyFields } from './policies.ts';
import { booleanOf } from './recipients.ts';

/** A policy of a rule; `comments` stand above it. */
export interface PolicyDraft {
  readonly comments: readonly string[];
  readonly fields: PolicyFields;
  readonly negate: boolean;
  readonly failureResult: boolean;
  readonly enabled: boolean;
}

/** In authentik's order; `sort` keeps those of one order as they are written. */
export function bindingsOf(rule: BlueprintObject, objects: Objects): readonly BlueprintObject[] {
  return objects
    .of(models.binding)
    .filter(({ fields }) => {
      const target = objects.target(fields.get('target'));
      return target.kind === 'object' && target.object === rule;
    })
    .toSorted((a, b) => orderOf(a) - orderOf(b));
}

export function orderOf({ fields }: BlueprintObject): number {
  const order = fields.get('order');
  return order?.kind === 'value' && typeof order.value === 'number' ? order.value : 0;
}

/** The policy that a binding is; undefined, and reported, when it cannot be carried over. */
export function policyOf(
  binding: BlueprintObject,
  what: string,
  objects: Objects,
  findings: Findings,
): PolicyDraft | undefined {
  const enabled = !isFalse(binding.fields.get('enabled'));
  // What is switched off in authentik need not be understood.
  const converted = convertPolicy(binding, objects, enabled ? findings : silent(binding, what, findings));
  if (converted === undefined) return undefined;
  const timeout = binding.fields.get('timeout');
  if (timeout?.kind === 'value' && timeout.value !== 30) {
    findings.note(
      timeout.at,
      `${what}: a time limit of a binding is not carried over; expressions here take microseconds`,
    );
  }
  const negate = booleanOf(binding.fields.get('negate'));
  const never = converted.never === true ? ', which never passes' : '';
  return {
    comments: [`order ${orderOf(binding)}: ${converted.origin}${never}`],
    fields: converted.fields,
    negate,
    failureResult: booleanOf(binding.fields.get('failure_result')),
    enabled,
  };
}

/** Losses of what is switched off are no losses. */
function silent(binding: BlueprintObject, what: string, findings: Findings): Findings {
  return {
    ...findings,
    lost: () => findings.note(binding.at, `${what}: a binding that is switched off could not be carried over`),
  };
}

function isFalse(value: Resolved | undefined): boolean {
  return value?.kind === 'value' && value.value === false;
}

/** Primary keys of the policies that are bound, also by a binding that is switched off: authentik's guard against loops looks at all. */
export function uuidsOf(bindings: readonly BlueprintObject[], objects: Objects): readonly string[] {
  const keys = bindings.flatMap(({ fields }) => {
    const reference = fields.get('policy');
    const target = objects.target(reference);
    const key = target.kind === 'object' ? textOf(target.object.fields.get('pk')) : textOf(reference);
    return key !== undefined && /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(key) ? [key] : [];
  });
  return [...new Set(keys)];
}
