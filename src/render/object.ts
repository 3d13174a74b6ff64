import type { ModelRef } from '../core/event.ts';
import { asObject, asText, get, type Json, type JsonObject } from '../core/json.ts';
import { cut } from './cut.ts';
import { kindName } from './kind.ts';
import { named, quoted } from './person.ts';

const nameCharsMax = 80;

/** An object for a sentence: `OAuth2 provider “grafana”`, `user ada.lovelace`. */
export function objectPhrase(ref: ModelRef): string {
  return `${kindName(ref.model_name)} ${objectName(ref)}`;
}

/** The object's name for a sentence, `#<pk>` when it has none. */
export function objectName(ref: ModelRef): string {
  if (ref.name === undefined || ref.name === '') return ref.pk === undefined ? 'without a name' : `#${ref.pk}`;
  return ref.model_name === 'user' ? named(ref.name) : quoted(cut(ref.name, nameCharsMax));
}

/** The reference under a key of the context, when it is one. */
export function refAt(context: JsonObject | undefined, key: string): ModelRef | undefined {
  return toRef(get(context, key));
}

/** The value as a reference, when it is one. */
export function toRef(value: Json | undefined): ModelRef | undefined {
  const object = asObject(value);
  const model_name = asText(get(object, 'model_name'));
  if (object === undefined || model_name === undefined) return undefined;
  const pk = get(object, 'pk');
  const name = asText(get(object, 'name'));
  return {
    app: asText(get(object, 'app')) ?? '',
    model_name,
    ...((typeof pk === 'string' || typeof pk === 'number') && { pk }),
    ...(name !== undefined && { name }),
  };
}
