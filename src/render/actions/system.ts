import type { SafeEvent } from '../../core/event.ts';
import { asText, get, type JsonObject } from '../../core/json.ts';
import { brief } from '../brief.ts';
import { cut, list } from '../cut.ts';
import { failureLine, failureType, messageLine } from '../failure.ts';
import { long, short, type Field } from '../field.ts';
import { capital, kindName } from '../kind.ts';
import { objectPhrase, refAt } from '../object.ts';
import { named, quoted } from '../person.ts';
import { address } from '../place.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';

/** What authentik says about itself. */
export const systemActions: readonly (readonly [string, Describe])[] = [
  ['system_exception', systemException],
  ['system_task_exception', systemTaskException],
  ['system_task_execution', systemTaskExecution],
  ['flow_execution', flowExecution],
  ['configuration_error', (event) => configuration(event, 'error')],
  ['configuration_warning', (event) => configuration(event, 'warning')],
  ['email_sent', emailSent],
  ['update_available', updateAvailable],
  ['export_ready', exportReady],
];

function systemException(event: SafeEvent): ActionText {
  const { http } = event;
  const type = failureType(event);
  const failure = failureLine(event);
  const where = http?.path === undefined ? '' : ` at ${cut(http.path, 80)}`;
  return {
    title: `Error inside authentik${where}${type === undefined ? '' : `: ${type}`}`,
    summary: () =>
      sentences(
        stopped(failure),
        stopped(beside(messageLine(event), failure)),
        http === undefined ? undefined : `A request from ${address(event)} was answered with an error.`,
      ),
  };
}

function systemTaskException(event: SafeEvent): ActionText {
  const actor = asText(get(event.context, 'actor')) ?? /^Task (\S{1,200}) encountered/.exec(event.message ?? '')?.[1];
  const type = failureType(event);
  const object = refAt(event.context, 'rel_obj');
  return {
    title: `Background task ${actor === undefined ? '' : `${shortTask(actor)} `}failed${type === undefined ? '' : `: ${type}`}`,
    summary: () =>
      sentences(
        stopped(failureLine(event)),
        object !== undefined && `It worked on ${objectPhrase(object)}.`,
        'authentik tries most tasks again; if this repeats, synchronisation, mails or notifications are not done.',
      ),
    fields: () => short('Task', actor),
  };
}

/** The last part of a dotted task name says enough. */
function shortTask(name: string): string {
  return cut(name.slice(name.lastIndexOf('.') + 1), 60);
}

function systemTaskExecution({ context, message }: SafeEvent): ActionText {
  const actor = asText(get(context, 'actor'));
  return {
    title: `Background task ${actor === undefined ? '' : `${shortTask(actor)} `}ran`,
    summary: () => stop(message ?? 'A background task of authentik ran'),
    fields: () => short('Task', actor),
  };
}

function flowExecution({ context, message }: SafeEvent): ActionText {
  const flow = refAt(context, 'flow');
  return {
    title: flow === undefined ? 'A flow was executed' : `${capital(objectPhrase(flow))} was executed`,
    summary: () => stop(message ?? 'A flow was executed'),
  };
}

/** Objects and details that configuration events come with. */
const references = ['provider', 'source', 'mapping', 'stage', 'cause'];
const details = ['error', 'cause', 'redirect_uri', 'expected', 'dn', 'attributes', 'deprecation', 'replacement'];
const options = ['deprecated_option', 'deprecated_env', 'replacement_option', 'replacement_env'];

function configuration(event: SafeEvent, kind: 'error' | 'warning'): ActionText {
  const { context } = event;
  const ref = references.map((key) => refAt(context, key)).find((found) => found !== undefined);
  const said = messageLine(event);
  const failure = failureLine(event);
  const where = ref === undefined ? '' : ` in ${objectPhrase(ref)}`;
  const deprecated = kind === 'warning' || Object.hasOwn(context, 'deprecated_option');
  return {
    title: `Configuration ${kind}${where}${said === undefined ? '' : `: ${cut(said.replace(/\.$/, ''), 100)}`}`,
    summary: () =>
      sentences(
        said !== undefined && said.length > 100 && stop(cut(said, 600)),
        stopped(failure),
        deprecated
          ? 'It works today and will stop working in a later version.'
          : 'What depends on it does not work until it is mended.',
      ),
    fields: () => [
      ...(ref === undefined ? [] : short(capital(kindName(ref.model_name)), ref.name)),
      ...detailFields(context),
    ],
  };
}

function detailFields(context: JsonObject): readonly Field[] {
  return [...details, ...options].flatMap((key) => {
    const value = get(context, key);
    if (value === undefined || value === null || value === '' || refAt(context, key) !== undefined) return [];
    return long(capital(key.replaceAll('_', ' ')), cut(brief(value), 400));
  });
}

function emailSent({ context }: SafeEvent): ActionText {
  const to = get(context, 'to_email');
  const recipients = Array.isArray(to) ? to.filter((item) => typeof item === 'string') : [];
  const subject = asText(get(context, 'subject'));
  const from = asText(get(context, 'from_email'));
  return {
    title: `Mail to ${recipients.length === 0 ? 'somebody' : list(recipients, 80)}${subject === undefined ? '' : `: ${cut(subject, 80)}`}`,
    summary: () =>
      subject === undefined
        ? 'authentik sent a mail.'
        : `authentik sent the mail ${quoted(cut(subject, 200))}${from === undefined ? '' : ` from ${named(from)}`}.`,
    fields: () => long('To', list(recipients, 300)),
  };
}

function updateAvailable({ context, message }: SafeEvent): ActionText {
  const version = asText(get(context, 'new_version'));
  // Older versions hide the address in the message.
  const notes = asText(get(context, 'changelog')) ?? /^Changelog: (\S{1,300})/.exec(message ?? '')?.[1];
  return {
    title: version === undefined ? 'A newer authentik is available' : `authentik ${cut(version, 40)} is available`,
    summary: () => 'Read the release notes before updating; security fixes should not wait.',
    fields: () => long('Release notes', notes),
  };
}

function exportReady({ context, message }: SafeEvent): ActionText {
  const data = refAt(context, 'export');
  return {
    title: 'Data export is ready',
    summary: () =>
      sentences(message !== undefined && stop(message), 'It holds personal data: make sure that it was asked for.'),
    fields: () => short('Export', data?.name),
  };
}

/** The message when it says more than the exception does. */
function beside(message: string | undefined, failure: string | undefined): string | undefined {
  return message !== undefined && failure?.includes(message) === true ? undefined : message;
}

function stopped(text: string | undefined): string | undefined {
  return text === undefined ? undefined : stop(text);
}
