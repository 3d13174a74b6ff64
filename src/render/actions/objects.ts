import type { SafeEvent } from '../../core/event.ts';
import { asObject, asText, get } from '../../core/json.ts';
import { list } from '../cut.ts';
import { diffLines } from '../diff.ts';
import { long, short } from '../field.ts';
import { capital, kindName } from '../kind.ts';
import { objectName, objectPhrase, refAt } from '../object.ts';
import { actor } from '../person.ts';
import { fromAddress } from '../place.ts';
import { sentences, stop, type ActionText, type Describe } from './action.ts';
import { meaning } from './meaning.ts';

/** Changes of authentik's objects and looks at its secrets. */
export const objectActions: readonly (readonly [string, Describe])[] = [
  ['model_created', (event) => modelChange(event, 'created')],
  ['model_updated', (event) => modelChange(event, 'changed')],
  ['model_deleted', (event) => modelChange(event, 'deleted')],
  ['secret_view', secretView],
  ['secret_rotate', secretRotate],
];

const changesCharsMax = 1000;
const summaryCharsMax = 240;

function modelChange(event: SafeEvent, verb: 'created' | 'changed' | 'deleted'): ActionText {
  const { model, diff, user } = event;
  const what = model === undefined ? 'Object' : capital(objectPhrase(model));
  const changes = (): readonly string[] => (diff === undefined || verb === 'deleted' ? [] : diffLines(diff));
  return {
    title: `${what} ${verb} by ${actor(user)}${fromAddress(event)}`,
    summary: () => {
      const told = list(changes(), summaryCharsMax, '; ');
      return sentences(
        verb === 'changed' && (told === '' ? unknownChange(diff !== undefined) : stop(told)),
        model === undefined ? 'The log does not say which.' : meaning(model, verb, diff),
        user.on_behalf_of !== undefined && `Done while impersonating ${actor(user.on_behalf_of)}.`,
      );
    },
    fields: () => {
      const lines = changes();
      const isTold = verb !== 'created' && list(lines, summaryCharsMax, '; ') === lines.join('; ');
      return [
        ...(isTold ? [] : long('Changes', list(lines, changesCharsMax, '; '))),
        ...short('Usage', asText(get(asObject(get(event.context, 'model')), 'usage'))),
      ];
    },
  };
}

function unknownChange(hasDiff: boolean): string {
  return hasDiff ? 'No visible attribute changed; a masked one may have.' : 'The log does not say what changed.';
}

function secretView(event: SafeEvent): ActionText {
  const secret = refAt(event.context, 'secret');
  const type = asText(get(event.context, 'type'));
  const name = secret === undefined ? 'a secret' : objectPhrase(secret);
  const part = type === 'private_key' ? 'the private key of ' : type === 'certificate' ? 'the public part of ' : '';
  return {
    title: `${actor(event.user)} viewed ${part}${name}${fromAddress(event)}`,
    summary: () => viewed(type, secret?.model_name),
    fields: () => short(capital(kindName(secret?.model_name ?? 'secret')), secret?.name),
  };
}

function viewed(type: string | undefined, model: string | undefined): string {
  if (type === 'certificate') return 'A certificate is public: nothing was given away.';
  if (type === 'private_key')
    return 'Whoever has the private key can sign in its name. If this was not planned, replace it.';
  if (model === 'token') return 'Whoever has the token can act as its user. If this was not planned, rotate it.';
  return 'Whoever saw it can use it. If this was not planned, replace it.';
}

function secretRotate({ context, message }: SafeEvent): ActionText {
  const token = refAt(context, 'token');
  const name = token === undefined ? 'A token' : `Token ${objectName({ ...token, ...shortName(token.name) })}`;
  return {
    title: `${name} was rotated`,
    summary: () =>
      sentences(
        message !== undefined && token === undefined && stop(message),
        'It had expired and authentik made a new one: what still uses the old one is refused from now on.',
      ),
  };
}

/** authentik's text for a token ends in its expiry, which is over. Another bracket ends the attempt: a name may begin many. */
function shortName(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name: name.replace(/ \(expires=[^()]*\)$/, '') };
}
