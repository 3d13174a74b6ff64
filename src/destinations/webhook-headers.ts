import type { Delivery } from '../core/delivery.ts';
import { InvariantError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { textVariables } from '../expression/environment.ts';
import { compileTemplate } from '../expression/template.ts';
import type { OptionProblem } from './destination.ts';
import { headerNameProblems } from './header-names.ts';
import type { ScopeOf } from './webhook-body.ts';

export type HeaderOptions = { readonly [name: string]: Secret };

/** The headers of one request, names in lower case, values fit for the wire. */
export type WriteHeaders = (delivery: Delivery, scopeOf: ScopeOf) => { readonly [name: string]: string };

/** Headers of Standard Webhooks. */
const own = ['webhook-id', 'webhook-signature', 'webhook-timestamp'];

/** Compiles the user's headers, which may hold `${ CEL }`. */
export function headerWriter(options: HeaderOptions): WriteHeaders {
  const compiled = Object.entries(options).map(([name, value]) => {
    const template = compileTemplate(value.reveal(), textVariables);
    if (!template.ok) throw new InvariantError('a header that was not checked');
    return [name.toLowerCase(), template] as const;
  });
  return (delivery, scopeOf) =>
    Object.fromEntries(
      compiled.map(([name, template]) => {
        const value = template.render(scopeOf(delivery));
        return [name, headerBytes(typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value))];
      }),
    );
}

/** What is wrong with the headers. With several events in a request a header cannot be about one of them. */
export function headerProblems(options: HeaderOptions, batched: boolean): readonly OptionProblem[] {
  const names = headerNameProblems(Object.keys(options), own);
  const misnamed = new Set(names.map(({ path }) => path[1]));
  const values = Object.entries(options).flatMap(([name, value]) => {
    if (misnamed.has(name)) return [];
    const path = ['headers', name];
    const template = compileTemplate(value.reveal(), textVariables);
    if (!template.ok) return template.problems.map(({ message }) => ({ path, message }));
    const hole = /(?<!\$)\$\{/.test(value.reveal());
    return batched && hole ? [{ path, message: 'an expression needs `encoding: single`' }] : [];
  });
  return [...names, ...values];
}

/** UTF-8 on the wire, in the Latin-1 string that HTTP libraries take; no line ends or other controls, which events may hold. */
function headerBytes(text: string): string {
  const bytes = Buffer.from(text.toWellFormed(), 'utf8').toString('latin1');
  return bytes.replaceAll(controls, ' ').trim();
}

const controls = new RegExp(String.raw`[\0-\x08\x0a-\x1f\x7f]+`, 'g');
