import { parser } from '@lezer/python';
import { childrenOf, expressionOf, type Node } from './expressions.ts';
import { unportable, type Statement } from './syntax.ts';

const lengthMax = 64 * 1024;
const depthMax = 250;

/** Reads the body of a Python function. Throws {@link Unportable} for what is no Python and for statements that have no counterpart. */
export function parsePython(source: string): readonly Statement[] {
  if (source.length > lengthMax) unportable('longer than 64 KiB', 0);
  const { topNode } = parser.parse(source);
  refuseErrors(topNode, 0);
  return childrenOf(topNode).flatMap((node) => statementOf(node, source));
}

function refuseErrors(node: Node, depth: number): void {
  if (node.type.isError) unportable('not valid Python', node.from);
  if (depth > depthMax) unportable('nested too deeply', node.from);
  for (let child = node.firstChild; child !== null; child = child.nextSibling) refuseErrors(child, depth + 1);
}

function statementOf(node: Node, source: string): readonly Statement[] {
  const at = node.from;
  const children = childrenOf(node);
  const [first] = children;
  switch (node.name) {
    case 'AssignStatement':
      return [assignment(node, source)];
    case 'IfStatement':
      return [branch(children.slice(1), source, at)];
    case 'ForStatement':
      return [loop(node, source)];
    case 'ReturnStatement':
      return [
        { kind: 'return', value: children.length < 2 ? undefined : expressionsOf(children.slice(1), source), at },
      ];
    case 'ExpressionStatement':
      return [{ kind: 'expression', value: expressionsOf(children, source), at }];
    case 'ImportStatement':
      return [imported(children, source, at)];
    case 'PassStatement':
      return [{ kind: 'pass', at }];
    case 'StatementGroup':
      return children.filter(({ name }) => name !== ';').flatMap((child) => statementOf(child, source));
    default:
      return unportable(`${first?.name ?? node.name} cannot be imported: ${adviceFor(node.name)}`, at);
  }
}

function adviceFor(statement: string): string {
  switch (statement) {
    case 'TryStatement':
      return 'what fails counts as `failure_result`; ask for a key with .get() instead';
    case 'WhileStatement':
      return 'CEL has exists() and all() for lists';
    case 'FunctionDefinition':
    case 'ClassDefinition':
      return 'write its body where it is used';
    default:
      return 'only assignments, if, for over a list, return and expressions can';
  }
}

function assignment(node: Node, source: string): Statement {
  const at = node.from;
  const [name, ...rest] = childrenOf(node).filter((child) => child.name !== 'TypeDef');
  const [operator, ...values] = rest;
  if (name?.name !== 'VariableName' || operator?.name !== 'AssignOp' || values.some((one) => one.name === 'AssignOp')) {
    return unportable('only a single name can be assigned to', at);
  }
  return { kind: 'assign', name: source.slice(name.from, name.to), value: expressionsOf(values, source), at };
}

/** `if`, `elif` and `else` from the condition on. */
function branch(parts: readonly Node[], source: string, at: number): Statement {
  const [condition, body, keyword, ...rest] = parts;
  if (condition === undefined || body === undefined) return unportable('not valid Python', at);
  const otherwise =
    keyword === undefined
      ? []
      : keyword.name === 'elif'
        ? [branch(rest, source, keyword.from)]
        : rest.flatMap((child) => bodyOf(child, source));
  return { kind: 'if', condition: expressionOf(condition, source), yes: bodyOf(body, source), no: otherwise, at };
}

function loop(node: Node, source: string): Statement {
  const at = node.from;
  const [, variable, keyword, range, body, ...rest] = childrenOf(node);
  if (variable?.name !== 'VariableName' || keyword?.name !== 'in' || range === undefined || body?.name !== 'Body') {
    return unportable('a loop over several names cannot be imported', at);
  }
  if (rest.length > 0) return unportable('else behind a loop cannot be imported', at);
  return {
    kind: 'for',
    variable: source.slice(variable.from, variable.to),
    range: expressionOf(range, source),
    body: bodyOf(body, source),
    at,
  };
}

function bodyOf(node: Node, source: string): readonly Statement[] {
  return childrenOf(node)
    .filter(({ name }) => name !== ':')
    .flatMap((child) => statementOf(child, source));
}

/** One expression, or several with commas between them, which are a tuple. */
function expressionsOf(nodes: readonly Node[], source: string) {
  const [first] = nodes;
  if (first === undefined) return unportable('not valid Python', 0);
  if (nodes.length === 1) return expressionOf(first, source);
  const items = nodes.filter(({ name }) => name !== ',').map((node) => expressionOf(node, source));
  return { kind: 'list', items, at: first.from } as const;
}

function imported(children: readonly Node[], source: string, at: number): Statement {
  const from = children[0]?.name === 'from';
  const split = from ? children.findIndex(({ name }) => name === 'import') : children.length;
  const text = (nodes: readonly Node[]): string => nodes.map((node) => source.slice(node.from, node.to)).join('');
  const names = children.slice(split + 1).filter(({ name }) => name === 'VariableName');
  if (children.some(({ name }) => name === 'as')) return unportable('import under another name cannot be imported', at);
  return { kind: 'import', module: text(children.slice(1, split)), names: names.map((node) => text([node])), at };
}
