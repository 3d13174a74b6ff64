import type { SafeEvent } from '../../core/event.ts';
import { asObject, asText, get } from '../../core/json.ts';
import { cut } from '../cut.ts';
import { failureLine, failureType } from '../failure.ts';
import { long, short, type Field } from '../field.ts';
import { capital, kindName } from '../kind.ts';
import { objectPhrase, refAt } from '../object.ts';
import { actor, quoted } from '../person.ts';
import { fromAddress } from '../place.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';

/** Policies and expressions that ran, or failed to. */
export const policyActions: readonly (readonly [string, Describe])[] = [
  ['policy_execution', policyExecution],
  ['policy_exception', policyException],
  ['property_mapping_exception', propertyMappingException],
];

/** What a binding's text says: `Binding from Application Wiki #10 to Policy only-office-hours`. */
interface Binding {
  readonly target?: string;
  readonly policy: string;
}

function binding(event: SafeEvent): Binding {
  const name = refAt(event.context, 'binding')?.name;
  const match = name === undefined ? null : /^Binding from (.{1,200}?) #\d+ to (?:Policy )?(.{1,200})$/s.exec(name);
  if (match === null) return { policy: 'A policy' };
  return { target: match[1] ?? '', policy: `Policy ${quoted(cut(match[2] ?? '', 80))}` };
}

function policyExecution(event: SafeEvent): ActionText {
  const { policy, target } = binding(event);
  const result = asObject(get(event.context, 'result'));
  const passing = get(result, 'passing');
  const verb = passing === true ? 'allowed' : passing === false ? 'refused' : 'was asked about';
  const messages = get(result, 'messages');
  const said = Array.isArray(messages) ? messages.filter((item) => typeof item === 'string').slice(0, 3) : [];
  return {
    title: `${policy} ${verb} ${actor(event.user)}${fromAddress(event)}`,
    summary: () =>
      sentences(
        said.length > 0 && `It says: ${said.map((text) => quoted(cut(text, 200))).join(', ')}.`,
        target !== undefined && `It is bound to ${asked(target)}.`,
        asText(get(result, 'raw_result')) !== undefined &&
          `Result: ${quoted(cut(asText(get(result, 'raw_result')) ?? '', 100))}.`,
      ),
    fields: () => about(event, target),
  };
}

function policyException(event: SafeEvent): ActionText {
  const { policy, target } = binding(event);
  const failure = failureLine(event);
  const rule = target?.startsWith('Notification Rule') === true;
  return {
    title: `${policy} failed${told(failureType(event))}`,
    summary: () =>
      sentences(
        failure !== undefined && stop(failure),
        target !== undefined && `It was asked for ${asked(target)}, about ${actor(event.user)}.`,
        rule
          ? "An alert of authentik's may be missing because of this."
          : 'A policy that fails counts as a refusal unless it is set otherwise: people may be locked out.',
      ),
    fields: () => about(event, target),
  };
}

/** `Application Wiki` → `application “Wiki”`: the first words are a kind, the rest is a name. */
function asked(target: string): string {
  const match = /^(Notification Rule|[A-Z]\w*) (.+)$/s.exec(target);
  return match === null ? quoted(target) : `${(match[1] ?? '').toLowerCase()} ${quoted(cut(match[2] ?? '', 100))}`;
}

function about(event: SafeEvent, target: string | undefined): readonly Field[] {
  const object = refAt(asObject(get(event.context, 'request')), 'obj');
  return [
    ...short('Bound to', target),
    ...(target === undefined && object !== undefined ? short(capital(kindName(object.model_name)), object.name) : []),
  ];
}

function propertyMappingException(event: SafeEvent): ActionText {
  const mapping = refAt(event.context, 'mapping');
  const failure = failureLine(event);
  const name = mapping === undefined ? 'A property mapping' : capital(objectPhrase(mapping));
  return {
    title: `${name} failed${told(failureType(event))}`,
    summary: () =>
      sentences(
        failure !== undefined && stop(failure),
        'Sign-in to an application, a synchronisation or a notification that uses the mapping may fail until it is mended.',
      ),
    fields: () => long('Expression', cut(asText(get(event.context, 'expression')) ?? '', 300)),
  };
}

function told(type: string | undefined): string {
  return type === undefined ? '' : `: ${type}`;
}
