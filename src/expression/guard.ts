import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from '../core/suggest.ts';
import { parseAddress, parseNetwork } from './address.ts';
import { closedShapes } from './event-value.ts';
import { compilePattern } from './pattern.ts';
import { callOf, children, literalText, pathOf, walkOf, type Call } from './syntax.ts';

/** Something that an expression may not do. `offset` counts characters from 0. */
export interface Objection {
  readonly message: string;
  readonly offset: number;
}

const nestingMax = 2;

/** Every function that an expression may call. A list of what is allowed, so that a newer library cannot add a costly one. */
const functions: ReadonlySet<string> = new Set(
  [
    'has size type dyn int double string bool timestamp duration',
    'contains startsWith endsWith lowerAscii upperAscii trim split join indexOf lastIndexOf substring',
    'all exists exists_one map filter',
    'getFullYear getMonth getDate getDayOfMonth getDayOfWeek getHours getMinutes getSeconds getMilliseconds',
    'or orValue hasValue value none of',
    're ip isIP cidr containsIP family isPrivate isLoopback',
  ].flatMap((line) => line.split(' ')),
);

/**
 * The first thing in a parsed expression that is refused at load: an unknown or dangerous function, comprehensions nested
 * deeper than two, a field that no event has, a pattern or an address literal that is none.
 */
export function objectionTo(root: ASTNode): Objection | undefined {
  return inspect(root, 0);
}

function inspect(node: ASTNode, depth: number): Objection | undefined {
  const message = callProblem(node) ?? fieldProblem(node) ?? walkProblem(node, depth);
  if (message !== undefined) return { message, offset: placeOf(node) };
  const walk = walkOf(node);
  for (const child of children(node)) {
    const inside = walk !== undefined && child !== walk.range;
    const found = inspect(child, inside ? depth + 1 : depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a reader looks: at the name of a method, not at the start of what it is called on. */
function placeOf(node: ASTNode): number {
  return node.op === 'rcall' ? node.args[1].end + 1 : node.pos;
}

function callProblem(node: ASTNode): string | undefined {
  const call = callOf(node);
  if (call === undefined) return undefined;
  if (call.name === 'matches') {
    return 'matches() is refused, its patterns can run for minutes: use re(text, "pattern")';
  }
  if (!functions.has(call.name)) return `unknown function ${call.name}()${didYouMean(call.name, functions)}`;
  return call.receiver === undefined ? literalProblem(call) : undefined;
}

function literalProblem({ name, args }: Call): string | undefined {
  if (name === 're') {
    const source = literalText(args[1]);
    if (source === undefined)
      return 're() takes its pattern as a string literal, so that it is checked when it is loaded';
    const pattern = compilePattern(source);
    return pattern.ok ? undefined : `re(): ${pattern.message}`;
  }
  const text = literalText(args[0]);
  if (text === undefined) return undefined;
  if (name === 'cidr' && parseNetwork(text) === undefined) return `cidr(): ${JSON.stringify(text)} is not a network`;
  if (name === 'ip' && parseAddress(text) === undefined) return `ip(): ${JSON.stringify(text)} is not an IP address`;
  return undefined;
}

function fieldProblem(node: ASTNode): string | undefined {
  if (node.op !== '.' && node.op !== '.?') return undefined;
  const path = pathOf(node.args[0]);
  const fields = path === undefined ? undefined : closedShapes.get(path);
  const field = node.args[1];
  if (path === undefined || fields === undefined || fields.includes(field)) return undefined;
  return `${path} has no field ${JSON.stringify(field)}${didYouMean(field, fields)}`;
}

function walkProblem(node: ASTNode, depth: number): string | undefined {
  const walk = walkOf(node);
  if (walk === undefined) return undefined;
  if (depth >= nestingMax) return `at most ${nestingMax} of all(), exists(), map(), filter() may be nested`;
  const { variable } = walk;
  return variable.op === 'id' && (variable.args === 'event' || variable.args === 'now')
    ? `${variable.args} cannot be used as a name here`
    : undefined;
}
