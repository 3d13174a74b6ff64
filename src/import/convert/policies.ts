import { isIP } from 'node:net';
import { compileExpression } from '../../expression/expression.ts';
import { compileQuery } from '../../expression/akql/query.ts';
import { isNothing, textOf, type Resolved } from '../blueprint/resolved.ts';
import type { Findings } from '../findings.ts';
import { models, type BlueprintObject, type Objects } from '../objects.ts';
import { quote } from '../python/value.ts';
import { nameOf, unresolvedLabel } from './labels.ts';
import { programOf } from './mapping.ts';
import { translate } from './program.ts';
import { allMembers } from './recipients.ts';

/** A matcher's fields or an expression, as the configuration has them. */
export interface PolicyFields {
  readonly action?: string;
  readonly client_ip?: string;
  readonly model?: string;
  readonly query?: string;
  readonly expression?: string;
}

/** A policy without its binding; `origin` says in words what it was. */
export interface ConvertedPolicy {
  readonly fields: PolicyFields;
  readonly origin: string;
  /** It passes for no event at all. */
  readonly never?: true;
}

/** What a binding binds: a policy, a group or a user; undefined, and reported, when it cannot be carried over. */
export function convertPolicy(
  binding: BlueprintObject,
  objects: Objects,
  findings: Findings,
): ConvertedPolicy | undefined {
  for (const field of ['policy', 'group', 'user'] as const) {
    const reference = binding.fields.get(field);
    if (isNothing(reference)) continue;
    const target = objects.target(reference);
    if (target.kind === 'object') return convertTarget(target.object, objects, findings);
    findings.lost(
      reference.at,
      `${field} binding not carried over: ${unresolvedLabel(reference)} is not in these files; import an export that has it, or write the policy by hand`,
    );
    return undefined;
  }
  findings.lost(binding.at, 'a binding without policy, group and user');
  return undefined;
}

function convertTarget(object: BlueprintObject, objects: Objects, findings: Findings): ConvertedPolicy | undefined {
  switch (object.model) {
    case models.matcher:
      return convertMatcher(object, findings);
    case models.expression:
      return convertExpression(object, findings);
    case models.group:
      return convertGroup(object, objects, findings);
    case models.user:
      return convertUser(object);
    default:
      findings.lost(object.at, `a policy of the kind ${object.model} has no counterpart`);
      return undefined;
  }
}

function convertExpression(policy: BlueprintObject, findings: Findings): ConvertedPolicy | undefined {
  const name = nameOf(policy);
  const program = programOf(policy);
  if (program === undefined) {
    findings.lost(policy.at, `expression ${JSON.stringify(name)} has no text`);
    return undefined;
  }
  const value = translate(program, 'policy', undefined, findings);
  if (value === undefined) return undefined;
  const compiled = compileExpression(value.text, 'bool');
  if (!compiled.ok) {
    findings.lost(program.at, `expression ${JSON.stringify(name)} not carried over: CEL says ${compiled.message}`);
    return undefined;
  }
  const never = value.constant?.value === false;
  return {
    fields: { expression: value.text },
    origin: `expression policy ${JSON.stringify(name)}`,
    ...(never && { never }),
  };
}

function convertMatcher(policy: BlueprintObject, findings: Findings): ConvertedPolicy | undefined {
  const name = JSON.stringify(nameOf(policy));
  const origin = `event matcher ${name}`;
  const set = (field: string): Resolved | undefined => {
    const value = policy.fields.get(field);
    return isNothing(value) ? undefined : value;
  };
  const [action, ip, app, model, query] = ['action', 'client_ip', 'app', 'model', 'query'].map(set);
  if ([action, ip, app, model, query].every((value) => value === undefined)) {
    findings.note(policy.at, `${origin} compares nothing, so it passes for every event`);
    return { fields: { expression: 'true' }, origin };
  }
  const impossible = impossibleReason(action, ip, app, model);
  if (impossible !== undefined) {
    findings.note(policy.at, `${origin} is kept as one that never passes: ${impossible}`);
    return { fields: { expression: 'false' }, origin, never: true };
  }
  if (textOf(action) === 'custom_') {
    findings.note(
      policy.at,
      `${origin} compares with "custom_" exactly, as authentik does, and matches no real event; "custom_*" would match all of them`,
    );
  }
  if ([action, ip, model, query].filter((value) => value !== undefined).length > 1) {
    findings.note(
      policy.at,
      `${origin}: all of its fields must match, as in authentik 2024.8.4 and later; before, one was enough`,
    );
  }
  const wanted = textOf(query);
  const compiled = wanted === undefined ? undefined : compileQuery(wanted);
  if (compiled?.ok === false) {
    findings.lost(
      query?.at ?? policy.at,
      `${origin} not carried over: its query says ${compiled.message} (at character ${compiled.at + 1})`,
    );
    return undefined;
  }
  const fields = { action: textOf(action), client_ip: textOf(ip), model: textOf(model), query: wanted };
  return { fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)), origin };
}

/** Why a matcher matches no event, or undefined when it may. */
function impossibleReason(...[action, ip, app, model]: readonly (Resolved | undefined)[]): string | undefined {
  const named = { action, client_ip: ip, app, model };
  for (const [field, value] of Object.entries(named)) {
    const text = textOf(value);
    if (value !== undefined && (text === undefined || text === '')) return `${field} is compared with an empty text`;
    // A star stands for anything in herald, and no action or model of authentik has one.
    if (text?.includes('*') === true) return `${field} is compared with ${JSON.stringify(text)} exactly`;
  }
  const address = textOf(ip);
  if (address !== undefined && isIP(address) === 0)
    return `client_ip ${JSON.stringify(address)} is no single address, and authentik compares exactly`;
  if (app === undefined) return undefined;
  return `app ${JSON.stringify(textOf(app))} is compared with the module that emitted the event (authentik.core.api.tokens), which it never is; the log does not hold it`;
}

function convertGroup(group: BlueprintObject, objects: Objects, findings: Findings): ConvertedPolicy | undefined {
  const name = JSON.stringify(nameOf(group));
  const members = allMembers(group, objects);
  const keys = members?.map(({ fields }) => fields.get('pk'));
  const numbers = keys?.flatMap((key) => (key?.kind === 'value' && typeof key.value === 'number' ? [key.value] : []));
  if (members === undefined || numbers === undefined || numbers.length < members.length) {
    findings.lost(
      group.at,
      `a binding to the group ${name} not carried over: its members are not in these files; write them as an expression, event.user.?username.orValue("") in ["…"]`,
    );
    return undefined;
  }
  findings.note(
    group.at,
    `members of the group ${name}, and of the groups below it, are those of this file: ${numbers.length}; the log does not tell of changes`,
  );
  const expression = `event.user.?pk.orValue(null) in [${numbers.toSorted((a, b) => a - b).join(', ')}]`;
  return { fields: { expression }, origin: `members of the group ${name}` };
}

function convertUser({ fields, ...user }: BlueprintObject): ConvertedPolicy {
  const key = fields.get('pk');
  const name = nameOf({ fields, ...user });
  const expression =
    key?.kind === 'value' && typeof key.value === 'number'
      ? `event.user.?pk.orValue(null) == ${key.value}`
      : `event.user.?username.orValue("") == ${quote(textOf(fields.get('username')) ?? '')}`;
  return { fields: { expression }, origin: `user ${JSON.stringify(name)}` };
}
