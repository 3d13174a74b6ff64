import { hiddenMark } from '../../core/stand-in.ts';
import { isMasked } from '../kinds.ts';
import type { PseudonymKind, Pseudonyms } from '../pseudonym.ts';
import { networkOf } from './address.ts';
import { nobody, type Identity } from './known.ts';
import { mailboxesOf } from './mail.ts';
import type { Showing, ViewOptions } from './options.ts';

/** What stands in the place of a value; undefined for a value that is shown. */
export type StandIn = (identity: Identity | 'value', value: string) => string | undefined;

/** What stands for a value of each identity; notes in `links` what it was called by earlier keys. */
export function createStandIn(
  { name, mail, address, addressKind }: ViewOptions,
  pseudonyms: Pseudonyms | undefined,
  atMs: number,
  links: Map<string, readonly string[]>,
): StandIn {
  const pseudonym = (kind: PseudonymKind, value: string): string => {
    if (pseudonyms === undefined) return hiddenMark;
    const made = pseudonyms.of(kind, value);
    const earlier = pseudonyms.earlier(kind, value, atMs);
    if (earlier.length > 0) links.set(made, earlier);
    return made;
  };
  const show = (showing: Showing, kind: PseudonymKind, value: string): string | undefined => {
    if (showing === 'whole') return undefined;
    if (showing === 'pseudonym') return pseudonym(kind, value);
    return showing === 'network' ? (networkOf(value) ?? hiddenMark) : hiddenMark;
  };
  return (identity, value) => {
    if (value.trim() === '' || isMasked(value) || value === hiddenMark || nobody.has(value)) return undefined;
    if (identity === 'name') return show(name, 'person', value);
    if (identity === 'mail') return show(mail, 'person', value);
    return identity === 'address' ? show(address, addressKind, value) : pseudonym('value', value);
  };
}

/** What stands for a value of a field; for `Ada <ada@example.com>` and lists of such, the name and the address each have theirs. */
export function standInOfField(value: string, identity: Identity, standIn: StandIn): string | undefined {
  const boxes = identity === 'mail' ? mailboxesOf(value) : undefined;
  if (boxes === undefined) return standIn(identity, value);
  const shown = boxes.map(({ name, address }) => {
    const mail = standIn('mail', address) ?? address;
    return name === '' ? mail : `${standIn('name', name) ?? name} <${mail}>`;
  });
  const same = boxes.map(({ name, address }) => (name === '' ? address : `${name} <${address}>`));
  return shown.every((one, at) => one === same[at]) ? undefined : shown.join(', ');
}
