import type { Delivery } from '../core/delivery.ts';
import { InvariantError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { textVariables } from '../expression/environment.ts';
import { compileTemplate } from '../expression/template.ts';
import { fit } from '../render/cut.ts';
import type { OptionProblem } from './destination.ts';
import { headerNameProblems } from './header-names.ts';
import type { ScopeOf } from './webhook-body.ts';

export type HeaderOptions = { readonly [name: string]: Secret };

/** The headers of one request, names in lower case, values fit for the wire; those with an expression have 4 KiB at most and end in `…` where they are cut. */
export type WriteHeaders = (delivery: Delivery, scopeOf: ScopeOf) => { readonly [name: string]: string };

/** Headers of Standard Webhooks. */
const own = ['webhook-id', 'webhook-signature', 'webhook-timestamp'];

/** Receivers refuse a request with a longer line: nobody may have the notification of their own event refused by a long name. */
const writtenBytesMax = 4096;

/** Compiles the user's headers, which may hold `${ CEL }`. */
export function headerWriter(options: HeaderOptions): WriteHeaders {
  const compiled = Object.entries(options).map(([name, value]) => {
    const template = compileTemplate(value.reveal(), textVariables);
    if (!template.ok) throw new InvariantError('a header that was not checked');
    return [name.toLowerCase(), template, hasHole(value) ? writtenBytesMax : Infinity] as const;
  });
  return (delivery, scopeOf) =>
    Object.fromEntries(
      compiled.map(([name, template, bytesMax]) => {
        const value = template.render(scopeOf(delivery));
        const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
        return [name, fit(text, bytesMax, headerBytes)];
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
    return batched && hasHole(value) ? [{ path, message: 'an expression needs `encoding: single`' }] : [];
  });
  return [...names, ...values];
}

function hasHole(value: Secret): boolean {
  return /(?<!\$)\$\{/.test(value.reveal());
}

/** UTF-8 on the wire, in the Latin-1 string that HTTP libraries take; no line ends or other controls, which events may hold. */
function headerBytes(text: string): string {
  // Trimmed as text: the last byte of an `à` is a blank in Latin-1.
  return Buffer.from(text.toWellFormed().replaceAll(controls, ' ').trim(), 'utf8').toString('latin1');
}

const controls = new RegExp(String.raw`[\0-\x08\x0a-\x1f\x7f]+`, 'g');
