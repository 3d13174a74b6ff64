import type { ASTNode } from '@marcbachmann/cel-js';

/** The functions that walk a list, binding a variable. */
const walking: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** One call of an expression; `receiver` is what a method is called on. */
export interface Call {
  readonly name: string;
  readonly receiver: ASTNode | undefined;
  readonly args: readonly ASTNode[];
}

/** The call that a node is, or undefined when it is none. */
export function callOf(node: ASTNode): Call | undefined {
  if (node.op === 'call') return { name: node.args[0], receiver: undefined, args: node.args[1] };
  if (node.op === 'rcall') return { name: node.args[0], receiver: node.args[1], args: node.args[2] };
  return undefined;
}

/** A call that walks a list or a map (`list.exists(x, …)`). */
export interface Walk {
  readonly range: ASTNode;
  readonly variable: ASTNode;
  readonly body: readonly ASTNode[];
}

/** The comprehension that a node is, or undefined when it is none. */
export function walkOf(node: ASTNode): Walk | undefined {
  const call = callOf(node);
  const variable = call?.args[0];
  if (call?.receiver === undefined || variable === undefined || call.args.length < 2) return undefined;
  if (!walking.has(call.name)) return undefined;
  return { range: call.receiver, variable, body: call.args.slice(1) };
}

/** The nodes directly below a node, in source order. */
export function children(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** The text of a string literal, or undefined for anything else. */
export function literalText(node: ASTNode | undefined): string | undefined {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

/** `event.user.username` for such a chain, `event.exception[]` for an item of a list, undefined for anything else. */
export function pathOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op === '.' || node.op === '.?') {
    const left = pathOf(node.args[0]);
    return left === undefined ? undefined : `${left}.${node.args[1]}`;
  }
  if (node.op !== '[]' && node.op !== '[?]') return undefined;
  const left = pathOf(node.args[0]);
  const key = literalText(node.args[1]);
  return left === undefined ? undefined : key === undefined ? `${left}[]` : `${left}.${key}`;
}
