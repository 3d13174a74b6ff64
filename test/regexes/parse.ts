/** What a regular expression consists of, as far as it tells in how many ways it can read a text. */
export type Node =
  /** One character; `set` is the source of the pattern that it matches. */
  | { readonly kind: 'character'; readonly set: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number }
  /** Looked at and not read: in front of what follows, or behind it. */
  | { readonly kind: 'look'; readonly part: Node };

const tokens =
  /\(\?(?:<?[=!]|<\w+>|[a-z-]*:)|[()|^$]|\[(?:\\.|[^\]\\])*\]|\\(?:u\{[\da-f]+\}|u[\da-f]{4}|x[\da-f]{2}|p\{[^}]*\}|k<\w+>|.)|(?:[*+?]|\{\d+(?:,\d*)?\})\??|./gisu;
const nothing: Node = { kind: 'sequence', parts: [] };

/** Reads a pattern that V8 accepts. A reference to a group counts as one character of any kind. */
export function parse(source: string): Node {
  const list = source.match(tokens) ?? [];
  let at = 0;
  const pattern = choice();
  if (at < list.length) throw new Error(`read to ${list.slice(0, at).join('')}`);
  return pattern;

  function choice(): Node {
    const parts = [sequence()];
    while (list[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return { kind: 'choice', parts };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    for (let token = list[at]; token !== undefined && token !== '|' && token !== ')'; token = list[at]) {
      at++;
      const times = timesOf(token);
      if (times === undefined) parts.push(item(token));
      else parts.push({ kind: 'repeat', part: parts.pop() ?? nothing, ...times });
    }
    return { kind: 'sequence', parts };
  }

  function item(token: string): Node {
    if (/^(?:[\^$]|\\b)$/i.test(token)) return nothing;
    if (!token.startsWith('(')) return { kind: 'character', set: /^\\(?:[1-9]|k<)/.test(token) ? '[^]' : token };
    const part = choice();
    at++;
    return /^\(\?<?[=!]/.test(token) ? { kind: 'look', part } : part;
  }
}

function timesOf(token: string): { readonly min: number; readonly max: number } | undefined {
  const [, sign, min, comma, max] = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??$/.exec(token) ?? [];
  if (sign !== undefined) return { min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
  if (min === undefined) return undefined;
  return { min: Number(min), max: comma === undefined ? Number(min) : max === '' ? Infinity : Number(max) };
}
