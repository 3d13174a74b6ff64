import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';
import { load } from '../../../src/config/value.ts';
import { isObject } from '../../../src/core/json.ts';
import type { ObjectSchema } from '../../../src/core/schema.ts';
import type {
  Destination,
  DestinationDeps,
  DestinationKind,
  OptionProblem,
} from '../../../src/destinations/destination.ts';

/** Options as a user writes them. */
export type Written = { readonly [key: string]: unknown };

const deps: DestinationDeps = {
  name: 'under-test',
  instance: 'herald-0',
  authentikUrl: 'https://auth.example.com',
  runbook: () => undefined,
  clock: systemClock,
  common: { timeoutMs: 20_000, tls: {}, proxy: undefined },
  inbox: { put: () => undefined },
  stdout: () => Promise.resolve(),
  colours: false,
};

/** A destination of the given kind, loaded and checked as the configuration does it. */
export function createDestination(
  kind: DestinationKind,
  written: Written,
  more: Partial<DestinationDeps> = {},
): Destination {
  const config = load(kind.schema, written);
  assert.deepEqual(kind.check?.(config) ?? [], []);
  return kind.create(config, { ...deps, ...more });
}

/** What the kind says is wrong with the options beyond their schema, as `path: message`. */
export function problemsOf(kind: DestinationKind, written: Written): readonly string[] {
  const problems: readonly OptionProblem[] = kind.check?.(load(kind.schema, written)) ?? [];
  return problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** Every secret of the options, and every part of one that is a path of its own. */
export function secretsOf(schema: ObjectSchema, written: Written): readonly string[] {
  return Object.entries(written).flatMap(([key, value]) => {
    const field = Object.hasOwn(schema.properties, key) ? schema.properties[key] : schema.additionalProperties;
    const text = JSON.stringify(field) ?? '';
    if (!text.includes('"secret":true')) return [];
    const texts = typeof value === 'string' ? [value] : isObject(value) ? Object.values(value).map(String) : [];
    return texts.flatMap((secret) => [secret, ...partsOf(secret)]).filter((part) => part.length >= 10);
  });
}

/** What of an address is secret are its path and query: the host is the service's own. */
function partsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  return (url === null ? secret : url.pathname + url.search).split(/[/ ?&=]/);
}
