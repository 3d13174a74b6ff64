import { asObject, asText, get, isObject, type Json, type JsonObject } from '../core/json.ts';
import type { DestinationKind } from '../destinations/destination.ts';
import { readKey } from '../redact/pseudonym-key.ts';
import { keyIdOf } from '../redact/pseudonym.ts';
import { identityFields, type Identity } from '../redact/view/known.ts';
import type { FieldsConfig, PseudonymizeConfig, Selection, Showing, ViewOptions } from '../redact/view/options.ts';
import { isShown, isVisible, resolvePath } from '../redact/view/paths.ts';
import type { ViewConfig } from './config.ts';
import type { Path } from './path.ts';
import type { Reader } from './reader.ts';

/** Keys of a stored event. */
type EventPath = readonly string[];
type Fields = Exclude<FieldsConfig, string | readonly string[]>;

/**
 * What a destination sees of events; undefined for one that sees everything. `entry` is its part of the file, whose expressions
 * must find what they read.
 */
export function readView(
  fields: FieldsConfig | undefined,
  { config: pseudonymize, written }: Pseudonymize,
  { kind, entry, path }: { readonly kind: DestinationKind; readonly entry: JsonObject; readonly path: Path },
  reader: Reader,
): ViewConfig | undefined {
  if (fields === 'all') return undefined;
  if (fields === undefined) {
    const names = kind.stays === true ? [] : (pseudonymize?.fields ?? []);
    // Problems of the default are told where it is written.
    return viewOf({ pseudonymize: names }, undefined, pseudonymize, () => undefined);
  }
  const given: Fields = isList(fields) ? { allow: fields } : fields;
  const at = [...path, 'fields'];
  const problem = (key: keyof Fields, index: number, message: string): void =>
    reader.problem(isList(fields) ? [...at, index] : [...at, key, index], message);
  checkFields(given, at, written !== undefined, problem, reader);
  const selection = selectionOf(given, problem);
  const wanted = { ...given, pseudonymize: given.pseudonymize ?? inherited(given, pseudonymize) };
  const view = viewOf(wanted, selection, pseudonymize, problem);
  for (const one of unseen(entry, path, selection)) {
    reader.foreignProblem(
      one.path,
      `reads event.${one.name}, which "fields" of this destination does not show: allow it`,
    );
  }
  return view;
}

/** `redact.pseudonymize` as it is written and as it was loaded; the latter is undefined also when something in it is wrong. */
export interface Pseudonymize {
  readonly written: Json | undefined;
  readonly config: PseudonymizeConfig | undefined;
}

/** Reads `redact.pseudonymize`: what is wrong with it beyond its schema, and advice. */
export function readPseudonymize(
  redact: unknown,
  config: PseudonymizeConfig | undefined,
  reader: Reader,
): Pseudonymize {
  const written = isObject(redact) ? get(redact, 'pseudonymize') : undefined;
  if (config === undefined) return { written, config };
  const path = ['redact', 'pseudonymize'];
  for (const [index, name] of config.fields.entries()) {
    const wrong = whyNoPseudonym(name);
    if (wrong !== undefined) reader.problem([...path, 'fields', index], wrong);
  }
  if (config.fields.includes('user.username') && !config.fields.includes('user.email')) {
    reader.warning(
      [...path, 'fields'],
      'mail addresses name people too: add user.email, unless they are meant to be seen',
    );
  }
  const valid = checkKeys(asObject(written), path, reader);
  return { written, config: valid ? config : undefined };
}

function checkKeys(written: JsonObject | undefined, path: Path, reader: Reader): boolean {
  const previous = get(written, 'previous');
  const older = Array.isArray(previous) ? previous.map((one: Json) => asObject(one)) : [];
  const seen = new Set<string>();
  let valid = true;
  const problem = (at: Path, message: string): void => {
    valid = false;
    reader.problem(at, message);
  };
  for (const [index, one] of [written, ...older].entries()) {
    const at = index === 0 ? path : [...path, 'previous', index - 1];
    const text = asText(get(one, 'key')) ?? '';
    const key = readKey(text);
    // A reference that could not be filled in is reported as that.
    if (typeof key === 'string') {
      if (text.includes('${')) valid = false;
      else problem([...at, 'key'], key);
    } else if (seen.has(keyIdOf(key))) {
      problem([...at, 'key'], 'the same key (or one with the same four digits of id) as another here: make a new one');
    } else seen.add(keyIdOf(key));
    const until = asText(get(one, 'until'));
    if (until !== undefined && Number.isNaN(Date.parse(until))) {
      problem([...at, 'until'], 'not a time: write it as 2026-12-01T00:00:00Z');
    }
  }
  return valid;
}

function isList(fields: FieldsConfig): fields is readonly string[] {
  return Array.isArray(fields);
}

type Tell = (key: keyof Fields, index: number, message: string) => void;

/** What is wrong with several of the options together. */
function checkFields(
  { allow, deny, pseudonymize = [], truncate = [] }: Fields,
  at: Path,
  keyed: boolean,
  problem: Tell,
  reader: Reader,
): void {
  if (allow !== undefined && deny !== undefined) {
    reader.problem(
      [...at, 'deny'],
      'stands beside "allow", which says already what is shown: keep one of the two',
      'key',
    );
  }
  if (pseudonymize.length > 0 && !keyed) {
    reader.problem([...at, 'pseudonymize'], 'needs a key: set redact.pseudonymize.key', 'key');
  }
  for (const [index, name] of truncate.entries()) {
    if (name !== 'client_ip') problem('truncate', index, 'only client_ip can be truncated');
    else if (pseudonymize.includes(name)) {
      problem(
        'truncate',
        index,
        'is in "pseudonymize" too: keep one of the two (redact.pseudonymize.addresses: network does both)',
      );
    }
  }
  for (const [index, name] of (deny ?? []).entries()) {
    if (pseudonymize.includes(name) || truncate.includes(name)) {
      problem('deny', index, 'is to be left out and to be changed: keep one of the two');
    }
  }
}

/** The default's fields that this view shows and says nothing else about. */
function inherited({ allow, deny, truncate = [] }: Fields, section: PseudonymizeConfig | undefined): readonly string[] {
  const selection = { allow: allow && pathsOf(allow), deny: pathsOf(deny ?? []), context: [] };
  return (section?.fields ?? []).filter(
    (name) => !truncate.includes(name) && pathsOf([name]).every((path) => isShown(path, selection)),
  );
}

function pathsOf(names: readonly string[]): readonly EventPath[] {
  return names.flatMap((name) => {
    const resolved = resolvePath(name);
    return typeof resolved === 'string' ? [] : resolved;
  });
}

function selectionOf(
  { allow, deny, context = [], pseudonymize = [], truncate = [] }: Fields,
  problem: Tell,
): Selection {
  const checked = (key: 'allow' | 'deny', names: readonly string[]): readonly EventPath[] => {
    for (const [index, name] of names.entries()) {
      const resolved = resolvePath(name);
      if (typeof resolved === 'string') problem(key, index, resolved);
    }
    return pathsOf(names);
  };
  return {
    allow: allow && [...checked('allow', allow), ...pathsOf([...pseudonymize, ...truncate])],
    deny: checked('deny', deny ?? []),
    context,
  };
}

function viewOf(
  { pseudonymize = [], truncate = [] }: Pick<Fields, 'pseudonymize' | 'truncate'>,
  select: Selection | undefined,
  section: PseudonymizeConfig | undefined,
  problem: Tell,
): ViewConfig | undefined {
  for (const [index, name] of pseudonymize.entries()) {
    const wrong = whyNoPseudonym(name);
    if (wrong !== undefined) problem('pseudonymize', index, wrong);
  }
  if (select === undefined && pseudonymize.length === 0) return undefined;
  const showing = (identity: Identity): Showing => {
    const name = [...identityFields].find(([, one]) => one === identity)?.[0] ?? '';
    if (truncate.includes(name)) return 'network';
    if (pseudonymize.includes(name)) return 'pseudonym';
    return select === undefined || pathsOf([name]).every((path) => isShown(path, select)) ? 'whole' : 'hidden';
  };
  const options: ViewOptions = {
    name: showing('name'),
    mail: showing('mail'),
    address: showing('address'),
    values: pathsOf(pseudonymize.filter((name) => !identityFields.has(name))).map((path) => path.slice(1)),
    select,
    addressKind: section?.addresses === 'network' ? 'network' : 'address',
  };
  const keyed = [options.name, options.mail, options.address].includes('pseudonym') || options.values.length > 0;
  return { options, pseudonymize: keyed ? section : undefined };
}

function whyNoPseudonym(name: string): string | undefined {
  if (identityFields.has(name)) return undefined;
  const resolved = resolvePath(name);
  if (typeof resolved === 'string') return resolved;
  if (resolved.every(([top, key]) => top === 'context' && key !== undefined)) return undefined;
  return `has no pseudonyms: ${[...identityFields.keys()].join(', ')} and what is below context have; leave it out with "deny"`;
}

/** What the expressions of a destination read that its view does not show. `has(…)` asks first. */
function unseen(
  entry: Json,
  path: Path,
  selection: Selection,
): readonly { readonly path: Path; readonly name: string }[] {
  const text = asText(entry);
  if (text !== undefined) {
    if (!text.includes('${') || text.includes('has(')) return [];
    const names = [...text.matchAll(/\bevent\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/g)].map(([, name = '']) => name);
    return [...new Set(names)].filter((name) => !isVisible(name, selection)).map((name) => ({ path, name }));
  }
  if (Array.isArray(entry)) return entry.flatMap((item: Json, index) => unseen(item, [...path, index], selection));
  if (!isObject(entry)) return [];
  return Object.keys(entry).flatMap((key) => unseen(get(entry, key) ?? null, [...path, key], selection));
}
