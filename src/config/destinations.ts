import { get, isObject, type JsonObject } from '../core/json.ts';
import type { DestinationKind } from '../destinations/destination.ts';
import { commonSchema } from './common.ts';
import type { DestinationConfig } from './config.ts';
import { fingerprint } from './fingerprint.ts';
import { kindOf } from './kind.ts';
import type { Reader } from './reader.ts';
import { destinationSchema, nameRule, tlsMode } from './schema.ts';
import { readTls } from './tls.ts';
import { load } from './value.ts';
import { checkAddresses } from './addresses.ts';
import { readView, type Pseudonymize } from './views.ts';

type Read = (path: string) => string;

/** Reads `destinations`: a mapping of names to components. */
export function readDestinations(
  value: unknown,
  kinds: readonly DestinationKind[],
  pseudonymize: Pseudonymize,
  reader: Reader,
  readFile: Read,
): ReadonlyMap<string, DestinationConfig> {
  const out = new Map<string, DestinationConfig>();
  if (value === undefined || value === null) {
    return out;
  }
  if (!isObject(value)) {
    reader.problem(['destinations'], 'expected a mapping of names to destinations');
    return out;
  }
  for (const [name, entry] of Object.entries(value)) {
    if (!nameAllowed(name)) {
      reader.problem(
        ['destinations', name],
        `a name has 1 to ${nameRule.maxLength} characters, none of them a control character`,
        'key',
      );
    }
    const destination = readDestination(name, entry, kinds, pseudonymize, reader, readFile);
    if (destination !== undefined) out.set(name, destination);
  }
  return out;
}

function nameAllowed(name: string): boolean {
  return (
    name.length >= nameRule.minLength && name.length <= nameRule.maxLength && new RegExp(nameRule.pattern).test(name)
  );
}

function readDestination(
  name: string,
  entry: unknown,
  kinds: readonly DestinationKind[],
  pseudonymize: Pseudonymize,
  reader: Reader,
  readFile: Read,
): DestinationConfig | undefined {
  const path = ['destinations', name];
  const kind = kindOf(entry, path, kinds, reader);
  if (kind === undefined) return undefined;
  const checked = reader.check(destinationSchema(kind), entry, path);
  if (!isObject(checked)) return undefined;
  const { own, trust } = splitTls(checked, kind);
  const options: unknown = load(kind.schema, own);
  for (const { path: inner, message } of kind.check?.(options) ?? [])
    reader.foreignProblem([...path, ...inner], message);
  const { fields, timeout, retry, batch, proxy, allow_link_local: allowLinkLocal } = load(commonSchema, checked);
  checkAddresses(kind, checked, path, allowLinkLocal, reader);
  if (timeout < 1) reader.problem([...path, 'timeout'], 'must be longer than nothing');
  if (retry.base < 1) reader.problem([...path, 'retry', 'base'], 'must be longer than nothing');
  if (retry.max < retry.base) reader.problem([...path, 'retry', 'max'], 'must not be shorter than "base"');
  const policy = kind.policy(options);
  if (policy.items === 1 && batch !== undefined && (batch.items ?? 1) > 1) {
    reader.problem([...path, 'batch', 'items'], 'this destination sends one delivery at a time: remove it');
  }
  const view = readView(fields, pseudonymize, { kind, entry: checked, path }, reader);
  const texts: string[] = [];
  const tls = readTls(trust, [...path, 'tls'], reader, (file) => {
    const text = readFile(file);
    texts.push(text);
    return text;
  });
  return {
    name,
    kind,
    options,
    fingerprint: fingerprint(view?.pseudonymize === undefined ? entry : [entry, pseudonymize.written], texts),
    common: { timeoutMs: timeout, tls, proxy, allowLinkLocal },
    retry: { baseMs: retry.base, maxMs: retry.max },
    view,
    policy: {
      ...policy,
      items: batch?.items ?? policy.items,
      bytes: batch?.bytes ?? policy.bytes,
      waitMs: batch?.wait ?? policy.waitMs,
      maxAgeMs: retry.max_age ?? policy.maxAgeMs,
    },
  };
}

/** Separates a kind's own mode (`tls: starttls`, `tls: {mode: starttls, …}`) from the common options of that name. */
function splitTls(entry: JsonObject, kind: DestinationKind): { own: JsonObject; trust: JsonObject } {
  const tls = get(entry, 'tls');
  if (!isObject(tls)) return { own: entry, trust: {} };
  if (tlsMode(kind) === undefined) return { own: entry, trust: tls };
  const { tls: _, ...rest } = entry;
  const mode = get(tls, 'mode');
  return { own: mode === undefined ? rest : { ...rest, tls: mode }, trust: tls };
}
