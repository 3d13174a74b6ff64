import type { parser } from '@lezer/python';
import { unportable, type Comparison, type Expression } from './syntax.ts';
import { literalParts, unescaped } from './text.ts';

/** A node of the parser's tree. */
export type Node = ReturnType<typeof parser.parse>['topNode'];

/** The children of a node, comments left out. */
export function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment') children.push(child);
  }
  return children;
}

/** The expression that a node is. Throws {@link Unportable} for what has no counterpart. */
export function expressionOf(node: Node, source: string): Expression {
  const at = node.from;
  const text = source.slice(node.from, node.to);
  const children = childrenOf(node);
  const inner = (child: Node | undefined): Expression =>
    child === undefined ? unportable('not valid Python', at) : expressionOf(child, source);
  switch (node.name) {
    case 'VariableName':
      return { kind: 'name', name: text, at };
    case 'None':
      return { kind: 'constant', value: null, at };
    case 'Boolean':
      return { kind: 'constant', value: text === 'True', at };
    case 'Number':
      return { kind: 'constant', value: numberOf(text, at), at };
    case 'String':
    case 'FormatString':
    case 'ContinuedString':
      return textLiteral(node, source);
    case 'ParenthesizedExpression':
      return inner(children[1]);
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'SetExpression':
      return { kind: 'list', items: items(children).map(inner), at };
    case 'DictionaryExpression':
      return { kind: 'dict', entries: entries(items(children), inner, at), at };
    case 'MemberExpression':
      return member(children, source, inner, at);
    case 'CallExpression':
      return call(children, source, inner, at);
    case 'UnaryExpression':
      return unary(children, inner, at);
    case 'BinaryExpression':
      return binary(children, source, inner, at);
    case 'ConditionalExpression':
      return {
        kind: 'conditional',
        yes: inner(children[0]),
        condition: inner(children[2]),
        no: inner(children[4]),
        at,
      };
    case 'ArrayComprehensionExpression':
    case 'SetComprehensionExpression':
      return each(children.slice(1, -1), source, inner, at);
    default:
      return unportable(`${node.name} cannot be imported`, at);
  }
}

type Inner = (node: Node | undefined) => Expression;

/** What stands between the brackets, without the commas. */
function items(children: readonly Node[]): readonly Node[] {
  return children.slice(1, -1).filter(({ name }) => name !== ',');
}

function numberOf(text: string, at: number): number {
  const plain = text.replaceAll('_', '');
  const value = /^0\d/.test(plain) ? Number.NaN : Number(plain);
  return Number.isFinite(value) ? value : unportable(`the number ${text} cannot be imported`, at);
}

function textLiteral(node: Node, source: string): Expression {
  const parts =
    node.name === 'ContinuedString' ? childrenOf(node).flatMap((one) => pieces(one, source)) : pieces(node, source);
  const joined: (string | Expression)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  const [only = ''] = joined;
  if (joined.length <= 1 && typeof only === 'string') return { kind: 'constant', value: only, at: node.from };
  return { kind: 'template', parts: joined, at: node.from };
}

/** The texts and expressions that one literal is made of. */
function pieces(node: Node, source: string): readonly (string | Expression)[] {
  const literal = source.slice(node.from, node.to);
  const { raw, start, end } = literalParts(literal, node.from);
  if (node.name === 'String') return [unescaped(literal.slice(start, end), raw, node.from)];
  const out: (string | Expression)[] = [];
  let place = node.from + start;
  const textUpTo = (to: number): void => {
    const text = unescaped(source.slice(place, to), raw, node.from);
    out.push(text.replaceAll('{{', '{').replaceAll('}}', '}'));
  };
  for (const child of childrenOf(node)) {
    if (child.name !== 'FormatReplacement') continue;
    const [, value, next] = childrenOf(child);
    if (value === undefined || next?.name !== '}')
      return unportable('{…:…} and {…!r} in an f-string cannot be imported', child.from);
    textUpTo(child.from);
    out.push(expressionOf(value, source));
    place = child.to;
  }
  textUpTo(node.from + end);
  return out;
}

function entries(nodes: readonly Node[], inner: Inner, at: number): readonly (readonly [Expression, Expression])[] {
  const out: (readonly [Expression, Expression])[] = [];
  for (let index = 0; index < nodes.length; index += 3) {
    if (nodes[index + 1]?.name !== ':')
      unportable('only "key": value can be imported in a dictionary', nodes[index]?.from ?? at);
    out.push([inner(nodes[index]), inner(nodes[index + 2])]);
  }
  return out;
}

function member(children: readonly Node[], source: string, inner: Inner, at: number): Expression {
  const [object, operator, name, close] = children;
  if (operator?.name === '.' && name !== undefined) {
    return { kind: 'attribute', object: inner(object), name: source.slice(name.from, name.to), at: name.from };
  }
  if (close?.name !== ']' || name?.name === ':') return unportable('a[b:c] cannot be imported', at);
  return { kind: 'index', object: inner(object), index: inner(name), at };
}

function call([callee, list]: readonly Node[], source: string, inner: Inner, at: number): Expression {
  const args: Expression[] = [];
  const keywords = new Map<string, Expression>();
  const nodes = items(list === undefined ? [] : childrenOf(list));
  if (nodes[1]?.name === 'for') {
    return { kind: 'call', callee: inner(callee), args: [each(nodes, source, inner, at)], keywords, at };
  }
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node === undefined || node.name === '*' || node.name === '**')
      return unportable('*args cannot be imported', at);
    if (nodes[index + 1]?.name === 'AssignOp') {
      keywords.set(source.slice(node.from, node.to), inner(nodes[index + 2]));
      index += 2;
    } else args.push(inner(node));
  }
  return { kind: 'call', callee: inner(callee), args, keywords, at };
}

/** `body for variable in range if condition`. */
function each(nodes: readonly Node[], source: string, inner: Inner, at: number): Expression {
  const [body, loop, variable, keyword, range, filter, condition, ...rest] = nodes;
  if (loop?.name !== 'for' || variable?.name !== 'VariableName' || keyword?.name !== 'in' || rest.length > 0) {
    return unportable('only "… for name in list" can be imported', at);
  }
  return {
    kind: 'each',
    body: inner(body),
    variable: source.slice(variable.from, variable.to),
    range: inner(range),
    condition: filter === undefined ? undefined : inner(condition),
    at,
  };
}

function unary([operator, operand]: readonly Node[], inner: Inner, at: number): Expression {
  if (operator?.name === 'not') return { kind: 'not', operand: inner(operand), at };
  return { kind: 'minus', operand: inner(operand), at };
}

function binary(children: readonly Node[], source: string, inner: Inner, at: number): Expression {
  const [left, ...rest] = children;
  const right = rest.at(-1);
  const operators = rest.slice(0, -1);
  const operator = operators.map((node) => source.slice(node.from, node.to)).join(' ');
  const [kind] = operators;
  if (kind?.name === 'and' || kind?.name === 'or')
    return { kind: kind.name, left: inner(left), right: inner(right), at };
  if (kind?.name === 'ArithOp') return { kind: 'arithmetic', operator, left: inner(left), right: inner(right), at };
  if (kind?.name === 'BitOp') return unportable(`${operator} cannot be imported`, at);
  const comparison: Comparison = { operator, right: inner(right) };
  const first = inner(left);
  // `a < b < c` comes as `(a < b) < c`, without the parentheses.
  if (left?.name === 'BinaryExpression' && first.kind === 'compare')
    return { ...first, rest: [...first.rest, comparison] };
  return { kind: 'compare', first, rest: [comparison], at };
}
