import type { ObjectSchema } from '../../core/schema.ts';
import type { Secret } from '../../core/secret.ts';
import type { OptionProblem } from '../destination.ts';
import { headerNameProblems } from '../header-names.ts';

/** The option `headers` of destinations whose requests carry many events: the same for each. */
export const headersOption = {
  type: 'object',
  properties: {},
  additionalProperties: { type: 'string', secret: true },
  default: {},
  description: 'Headers to add to every request, for a gateway on the way. Never shown.',
} as const satisfies ObjectSchema;

export type StaticHeaders = { readonly [name: string]: Secret };

/** The headers as they go on the wire. */
export function staticHeaders(options: StaticHeaders): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value.reveal()]));
}

/** What is wrong with them. `own` are those that the destination sets itself, in lower case. */
export function staticHeaderProblems(options: StaticHeaders, own: readonly string[]): readonly OptionProblem[] {
  const values = Object.entries(options).flatMap(([name, value]) =>
    /^[\t\x20-\x7e]*$/.test(value.reveal())
      ? []
      : [{ path: ['headers', name], message: 'a header has printable ASCII on one line' }],
  );
  return [...headerNameProblems(Object.keys(options), ['content-type', ...own]), ...values];
}
