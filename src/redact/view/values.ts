import type { Event } from '../../core/event.ts';
import type { PseudonymKind } from '../pseudonym.ts';
import { addressesIn, mayHoldAddress } from './address.ts';
import { eachText } from './fields.ts';
import { isPlainKey, type Identity } from './known.ts';
import { eachLayer } from './layered.ts';
import { mailboxesOf, mailsIn } from './mail.ts';
import { mayHoldPair, pairsIn } from './pairs.ts';
import { mapTexts } from './walk.ts';

/** Told of a value that can have a pseudonym of this kind, and in which field it stands. */
export type OnValue = (kind: PseudonymKind, value: string, field: string) => void;

/** Every value of an event that a view could have given a pseudonym; `paths` are further fields of the context. */
export function eachValue(event: Event, paths: readonly (readonly string[])[], on: OnValue): void {
  const tell = (identity: Identity, value: string, field: string): void => {
    if (identity !== 'address') return on('person', value, field);
    on('address', value, field);
    on('network', value, field);
  };
  if (event.client_ip !== undefined) tell('address', event.client_ip, 'client_ip');
  eachName(event, tell);
  mapTexts(event, {
    text(text, identity, key) {
      if (identity === undefined) eachPlace(text, key, tell);
      return text;
    },
    number: () => undefined,
    structure: (text) => text,
    key(key) {
      if (!isPlainKey(key)) eachPlace(key, key, tell);
      return key;
    },
    title: (title) => title,
  });
  for (const path of paths) {
    eachText(event.context, path, (text) => on('value', text, `context.${path.join('.')}`));
  }
}

/** The mail addresses and addresses in the text of a field or in a key. */
function eachPlace(text: string, key: string, tell: (identity: Identity, value: string, field: string) => void): void {
  eachLayer(text, (layer) => {
    const places = [...mailsIn(layer), ...(mayHoldAddress(layer) ? addressesIn(layer, key === 'user_agent') : [])];
    for (const { start, end, identity, value = layer.slice(start, end) } of places) tell(identity, value, key);
  });
}

function eachPair(text: string, on: (identity: Identity, value: string) => void): void {
  eachLayer(text, (layer) => {
    for (const { start, end, identity } of pairsIn(layer)) on(identity, layer.slice(start, end));
  });
}

/**
 * The values that their keys name, also in texts. The part of a mail address before the `@` is a name too: many are called so; and so is
 * what stands before the address itself.
 */
export function eachName(event: Event, tell: (identity: Identity, value: string, field: string) => void): void {
  mapTexts(event, {
    text(text, identity, key) {
      if (identity === undefined) {
        if (mayHoldPair(text)) eachPair(text, (kind, value) => tell(kind, value, key));
        return text;
      }
      if (identity === 'mail') eachMail(text, (kind, value) => tell(kind, value, key));
      else tell(identity, text, key);
      return text;
    },
    number(value, identity, key) {
      if (identity !== undefined) tell(identity, String(value), key);
      return undefined;
    },
    structure: (text) => text,
    key: (key) => key,
    title(title, names) {
      for (const name of names ?? []) {
        tell('name', name, 'title');
        if (name.includes('@')) tell('mail', name, 'title');
      }
      return title;
    },
  });
}

function eachMail(text: string, on: (identity: Identity, value: string) => void): void {
  for (const { name, address } of mailboxesOf(text) ?? [{ name: '', address: text }]) {
    on('mail', address);
    const local = address.slice(0, Math.max(0, address.lastIndexOf('@')));
    for (const one of [name, local.replace(/^"(.*)"$/, '$1')]) if (one !== '') on('name', one);
  }
}
