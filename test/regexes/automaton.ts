import type { Node } from './parse.ts';

/**
 * The characters of a pattern in their order, and for each which can be read after it, in how many ways without reading another (2 stands for
 * more). Glushkov's construction: what is repeated up to 20 times stands there as often.
 */
export interface Automaton {
  readonly sets: readonly string[];
  readonly next: readonly ReadonlyMap<number, number>[];
}

type Ways = ReadonlyMap<number, number>;

/** A piece of a pattern: in how many ways it can be empty, and the characters that it can begin and end with. */
interface Piece {
  readonly empty: number;
  readonly first: Ways;
  readonly last: Ways;
}

const none: Ways = new Map();
const nothing: Piece = { empty: 1, first: none, last: none };

export function automatonOf(pattern: Node): Automaton {
  const sets: string[] = [];
  const next: Map<number, number>[] = [];
  pieceOf(pattern);
  return { sets, next };

  function pieceOf(node: Node): Piece {
    switch (node.kind) {
      case 'character':
        return character(node.set);
      case 'sequence':
        return node.parts.map(pieceOf).reduce(joined, nothing);
      case 'choice':
        return node.parts.map(pieceOf).reduce(either);
      case 'look':
        return { ...nothing, first: pieceOf(node.part).first };
      default:
        return repeated(node.part, node.min, node.max);
    }
  }

  function character(set: string): Piece {
    const own = new Map([[sets.push(set) - 1, 1]]);
    next.push(new Map());
    return { empty: 0, first: own, last: own };
  }

  function joined(before: Piece, behind: Piece): Piece {
    link(before.last, behind.first);
    return {
      empty: Math.min(2, before.empty * behind.empty),
      first: before.empty === 0 ? before.first : sum(before.first, times(behind.first, before.empty)),
      last: behind.empty === 0 ? behind.last : sum(behind.last, times(before.last, behind.empty)),
    };
  }

  function repeated(part: Node, min: number, max: number): Piece {
    const copiesMax = 20;
    const must = Array.from({ length: Math.min(min, copiesMax) }, () => pieceOf(part));
    if (max === Infinity) {
      const loop = must.pop() ?? pieceOf(part);
      link(loop.last, loop.first);
      return [...must, min === 0 ? { ...loop, empty: 1 } : loop].reduce(joined, nothing);
    }
    const may = Array.from({ length: Math.min(max - min, copiesMax) }, () => pieceOf(part));
    const rest = may.reduceRight((behind, piece) => ({ ...joined(piece, behind), empty: 1 }), nothing);
    return [...must, rest].reduce(joined, nothing);
  }

  function link(last: Ways, first: Ways): void {
    for (const [from, ways] of last) {
      const follows = next[from] ?? new Map();
      for (const [to, count] of first) follows.set(to, Math.min(2, (follows.get(to) ?? 0) + ways * count));
    }
  }
}

function either(one: Piece, other: Piece): Piece {
  return {
    empty: Math.min(2, one.empty + other.empty),
    first: sum(one.first, other.first),
    last: sum(one.last, other.last),
  };
}

function sum(one: Ways, other: Ways): Ways {
  const all = new Map(one);
  for (const [at, ways] of other) all.set(at, Math.min(2, (all.get(at) ?? 0) + ways));
  return all;
}

function times(ways: Ways, factor: number): Ways {
  return new Map([...ways].map(([at, count]) => [at, Math.min(2, count * factor)]));
}
