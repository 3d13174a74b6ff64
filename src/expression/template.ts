import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { TextVariable } from './environment.ts';
import { compileExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import { splitHoles, type Piece } from './holes.ts';

/** Something wrong in a template, with its path inside the template's value. */
interface TemplateProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Told about every hole that had no value while rendering. */
type OnHoleError = (path: readonly (string | number)[], message: string) => void;

/** A compiled template, or everything that is wrong with it. */
export type CompiledTemplate =
  | { readonly ok: true; render(scope: Scope, onError?: OnHoleError): Json }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

type Render = (scope: Scope, onError: OnHoleError) => Json;
type Path = readonly (string | number)[];

/**
 * Compiles a YAML value whose strings may hold `${ CEL }`. A string that is one hole keeps the value's type, otherwise the
 * values are put into the text (objects as JSON); `$${` is a literal `${`. Keys are literal.
 * A hole without a value (a key that the event lacks) renders as null, inside text as nothing, and is told to `onError`.
 */
export function compileTemplate(value: unknown, variables: readonly TextVariable[]): CompiledTemplate {
  const problems: TemplateProblem[] = [];
  const render = compileValue(value, [], variables, problems);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, render: (scope, onError = ignore) => render(scope, onError) };
}

function ignore(): void {}

function compileValue(
  value: unknown,
  path: Path,
  variables: readonly TextVariable[],
  problems: TemplateProblem[],
): Render {
  if (typeof value === 'string') return compileText(value, path, variables, problems);
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return () => value;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileValue(item, [...path, index], variables, problems));
    return (scope, onError) => items.map((item) => item(scope, onError));
  }
  if (isPlain(value)) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, compileValue(item, [...path, key], variables, problems)] as const,
    );
    return (scope, onError) => Object.fromEntries(entries.map(([key, item]) => [key, item(scope, onError)]));
  }
  problems.push({ path, message: 'cannot be sent: not plain data' });
  return () => null;
}

/** An object of YAML's, not one of a class: a Secret would be rendered as `***`. */
function isPlain(value: unknown): value is JsonObject {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function compileText(
  template: string,
  path: Path,
  variables: readonly TextVariable[],
  problems: TemplateProblem[],
): Render {
  const split = splitHoles(template);
  if (!split.ok) {
    problems.push({ path, message: `a \${ is never closed (at character ${split.offset + 1})` });
    return () => null;
  }
  const parts = split.pieces.map((piece) => compilePiece(piece, path, variables, problems));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return (scope, onError) => parts.map((part) => asText(part(scope, onError))).join('');
}

function compilePiece(
  piece: Piece,
  path: Path,
  variables: readonly TextVariable[],
  problems: TemplateProblem[],
): Render {
  if ('text' in piece) return () => piece.text;
  const compiled = compileExpression(piece.source, 'any', variables);
  if (!compiled.ok) {
    const at = compiled.offset === undefined ? '' : ` (at character ${piece.offset + compiled.offset + 1})`;
    // Without the source: a header's value may be secret.
    problems.push({ path, message: `${compiled.message}${at}` });
    return () => null;
  }
  return (scope, onError) => {
    const result = compiled.evaluate(scope);
    if (result.ok) return result.value;
    onError(path, result.message);
    return null;
  };
}

function asText(value: Json): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
