import { tokensOf, type QueryProblem, type Token } from './tokens.ts';

export type Constant = string | number | boolean | null;

/** A query as a tree. */
export type Query =
  | { readonly kind: 'and' | 'or'; readonly left: Query; readonly right: Query }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly at: number;
      /** `=`, `~`, `>` …, `in`, `startswith`, `endswith`; its opposite is `negated`. */
      readonly operator: string;
      readonly negated: boolean;
      /** More than one only for `in`. */
      readonly values: readonly Constant[];
    };

const depthMax = 50;
const comparisonsMax = 500;

/**
 * Parses authentik's query language (DjangoQL). As there, `and` and `or` bind alike and group from the right:
 * `a and b or c` is `a and (b or c)`.
 */
export function parseQuery(source: string): Query | QueryProblem {
  const tokens = tokensOf(source);
  if ('message' in tokens) return tokens;
  try {
    return parse(tokens);
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.problem;
    throw error;
  }
}

/** Carries a problem out of the descent. */
class SyntaxProblem extends Error {
  readonly problem: QueryProblem;
  constructor(message: string, at: number) {
    super(message);
    this.problem = { message, at };
  }
}

function parse(tokens: readonly Token[]): Query {
  let place = 0;
  let comparisons = 0;
  const query = expression(0);
  const { kind, text, at } = peek();
  if (kind !== 'end') fail(`expected "and", "or" or the end, found ${JSON.stringify(text)}`, at);
  return query;

  function expression(depth: number): Query {
    const { at } = peek();
    if (depth > depthMax) fail('nested too deeply', at);
    const left = peek().text === '(' ? parenthesised(depth) : comparison();
    const { kind, text } = peek();
    if (kind !== 'word' || (text !== 'and' && text !== 'or')) return left;
    take();
    return { kind: text, left, right: expression(depth + 1) };
  }

  function parenthesised(depth: number): Query {
    const open = take();
    const inner = expression(depth + 1);
    const close = take();
    if (close.text !== ')') fail('the parenthesis is not closed', open.at);
    return inner;
  }

  function comparison(): Query {
    const name = take();
    comparisons += 1;
    if (comparisons > comparisonsMax) fail(`more than ${comparisonsMax} comparisons`, name.at);
    if (name.kind !== 'name')
      fail(
        name.kind === 'end' ? 'a comparison is missing' : `expected a field, found ${JSON.stringify(name.text)}`,
        name.at,
      );
    const { operator, negated } = operatorOf(take(), name);
    const values = operator === 'in' ? list() : [constant(take())];
    return { kind: 'compare', field: name.text, at: name.at, operator, negated, values };
  }

  function operatorOf(token: Token, name: Token): { readonly operator: string; readonly negated: boolean } {
    if (token.kind === 'operator') {
      return token.text.startsWith('!')
        ? { operator: token.text.slice(1), negated: true }
        : { operator: token.text, negated: false };
    }
    const negated = token.kind === 'word' && token.text === 'not';
    const word = negated ? take() : token;
    if (word.kind === 'word' && ['in', 'startswith', 'endswith'].includes(word.text))
      return { operator: word.text, negated };
    return fail(
      `expected an operator behind ${JSON.stringify(name.text)}: = != ~ !~ > >= < <= in startswith endswith`,
      word.at,
    );
  }

  function list(): readonly Constant[] {
    const open = take();
    if (open.kind !== 'open') fail('expected a list: ("a", "b")', open.at);
    const values: Constant[] = [constant(take())];
    while (peek().kind === 'comma') {
      take();
      values.push(constant(take()));
    }
    const close = take();
    if (close.kind !== 'close') fail('the list is not closed', open.at);
    return values;
  }

  function constant({ kind, text, at }: Token): Constant {
    if (kind === 'text') return unquoted(text);
    if (kind === 'number') return Number(text);
    if (text === 'True' || text === 'False') return text === 'True';
    if (text === 'None') return null;
    return fail(
      kind === 'end'
        ? 'a value is missing'
        : `expected a value, found ${JSON.stringify(text)}; texts stand in double quotes`,
      at,
    );
  }

  function peek(): Token {
    return tokens[Math.min(place, tokens.length - 1)] ?? { kind: 'end', text: '', at: 0 };
  }

  function take(): Token {
    const token = peek();
    place += 1;
    return token;
  }
}

/** The token's escapes are those of JSON. */
function unquoted(text: string): string {
  const value: unknown = JSON.parse(text);
  return String(value);
}

function fail(message: string, at: number): never {
  throw new SyntaxProblem(message, at);
}
