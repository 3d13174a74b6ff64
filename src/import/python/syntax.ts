/** A Python expression, as far as it can be imported. `at` counts characters of the source from 0. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'template'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
  | {
      readonly kind: 'call';
      readonly callee: Expression;
      readonly args: readonly Expression[];
      readonly keywords: ReadonlyMap<string, Expression>;
    }
  | { readonly kind: 'not' | 'minus'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly first: Expression; readonly rest: readonly Comparison[] }
  | { readonly kind: 'arithmetic'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | {
      readonly kind: 'each';
      readonly body: Expression;
      readonly variable: string;
      readonly range: Expression;
      readonly condition: Expression | undefined;
    }
);

/** One step of `a < b <= c`; `is`, `is not`, `in` and `not in` are operators too. */
export interface Comparison {
  readonly operator: string;
  readonly right: Expression;
}

/** A Python statement, as far as it can be imported. */
export type Statement = { readonly at: number } & (
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  | {
      readonly kind: 'for';
      readonly variable: string;
      readonly range: Expression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'import'; readonly module: string; readonly names: readonly string[] }
  | { readonly kind: 'pass' }
);

/** Carries what cannot be imported out of the descent; `message` says why, and what to do instead. */
export class Unportable extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export function unportable(message: string, at: number): never {
  throw new Unportable(message, at);
}
