import { automatonOf, type Automaton } from './automaton.ts';
import { parse } from './parse.ts';

/**
 * The part of a pattern that can read one text in two ways and be where it was afterwards, as its characters; undefined when there is none. Such a
 * pattern tries 2 to the power of the text's length before it gives up: the exponential half of what is called ReDoS, decided, not guessed.
 */
export function ambiguity(pattern: RegExp): string | undefined {
  const automaton = automatonOf(parse(pattern.source));
  const { sets, next } = automaton;
  const seen = new Set<number>();
  for (const start of sets.keys()) {
    if (seen.has(start)) continue;
    const loop = loopOf(start, automaton);
    for (const at of loop) seen.add(at);
    if (loop.size === 0) continue;
    const overlap = overlaps(pattern.flags.replaceAll(/[gyd]/g, ''), sets);
    const steps = (from: number): Ways => [...(next[from] ?? [])].filter(([to]) => loop.has(to));
    if (splits(start, steps, overlap)) return [...loop].map((at) => sets[at]).join(' ');
  }
  return undefined;
}

type Ways = readonly (readonly [to: number, ways: number])[];

/** What can be read between a character and the next time it is read, itself included. */
function loopOf(start: number, { next }: Automaton): ReadonlySet<number> {
  const ahead = reached(start, (at) => [...(next[at]?.keys() ?? [])]);
  if (!ahead.has(start)) return new Set();
  const back = next.map((): number[] => []);
  next.forEach((follows, from) => follows.forEach((_, to) => back[to]?.push(from)));
  return ahead.intersection(reached(start, (at) => back[at] ?? []));
}

function reached(start: number, steps: (at: number) => readonly number[]): Set<number> {
  const found = new Set<number>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const to of steps(at)) {
      if (found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}

/** Whether two readers of the same text can part at `start` or behind it and both come back to it. */
function splits(start: number, steps: (from: number) => Ways, overlap: (a: number, b: number) => boolean): boolean {
  const seen = new Set<string>();
  const open: { readonly a: number; readonly b: number; readonly parted: boolean }[] = [
    { a: start, b: start, parted: false },
  ];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    for (const [a, ways] of steps(pair.a)) {
      for (const [b] of steps(pair.b)) {
        const parted = pair.parted || a !== b || ways > 1;
        const key = `${a} ${b} ${parted}`;
        if (seen.has(key) || !overlap(a, b)) continue;
        if (parted && a === start && b === start) return true;
        seen.add(key);
        open.push({ a, b, parted });
      }
    }
  }
  return false;
}

/** All characters but the rare ones of Chinese, and tags and selectors. */
const characters = [[0, 0x1fbff] as const, [0xe0000, 0xe01ff] as const].flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at)),
);

/** Whether there is a character that both can read. */
function overlaps(flags: string, sets: readonly string[]): (a: number, b: number) => boolean {
  const members = new Map<string, ReadonlySet<string>>();
  const membersOf = (set: string): ReadonlySet<string> => {
    const known = members.get(set);
    if (known !== undefined) return known;
    const one = new RegExp(`^(?:${set})$`, flags);
    const found = new Set(characters.filter((character) => one.test(character)));
    members.set(set, found);
    return found;
  };
  return (a, b) => {
    const [one = '', other = ''] = [sets[a], sets[b]];
    return one === other || !membersOf(one).isDisjointFrom(membersOf(other));
  };
}
