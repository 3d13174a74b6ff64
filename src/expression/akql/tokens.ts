/** A piece of a query. `at` counts characters from 0. */
export interface Token {
  readonly kind: 'name' | 'word' | 'operator' | 'text' | 'number' | 'open' | 'close' | 'comma' | 'end';
  readonly text: string;
  readonly at: number;
}

/** What is wrong with a query, and where. */
export interface QueryProblem {
  readonly message: string;
  readonly at: number;
}

const words = new Set(['and', 'or', 'not', 'in', 'startswith', 'endswith', 'True', 'False', 'None']);

const pieces: readonly (readonly [kind: Token['kind'] | 'space', pattern: RegExp])[] = [
  ['space', /\s+/y],
  ['name', /[A-Za-z_][0-9A-Za-z_]*(?:\.[0-9A-Za-z_]+)*/y],
  ['number', /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['text', /"(?:[^"\\\r\n]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*"/y],
  ['operator', /!=|!~|>=|<=|[=~><]/y],
  ['open', /[([]/y],
  ['close', /[)\]]/y],
  ['comma', /,/y],
];

/** Takes a query apart. The last token is `end`. */
export function tokensOf(source: string): readonly Token[] | QueryProblem {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length;) {
    const token = tokenAt(source, at);
    if (token === undefined) return { message: problemAt(source, at), at };
    if (token.kind !== 'space') tokens.push({ ...token, kind: words.has(token.text) ? 'word' : token.kind });
    at += token.text.length;
  }
  return [...tokens, { kind: 'end', text: '', at: source.length }];
}

function tokenAt(source: string, at: number): { kind: Token['kind'] | 'space'; text: string; at: number } | undefined {
  for (const [kind, pattern] of pieces) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) return { kind, text: match[0], at };
  }
  return undefined;
}

function problemAt(source: string, at: number): string {
  if (source[at] === '"') return 'the text has no closing quote';
  if (source[at] === "'") return 'texts stand in double quotes';
  return `unexpected ${JSON.stringify(source[at])}`;
}
