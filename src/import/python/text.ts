import { unportable } from './syntax.ts';

const simple: ReadonlyMap<string, string> = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** A string literal's prefix in lower case and where its contents lie. */
export function literalParts(source: string, at: number) {
  const match = /^([a-z]*)("""|'''|"|')/i.exec(source);
  const prefix = match?.[1]?.toLowerCase() ?? '';
  const quote = match?.[2] ?? '';
  if (prefix.includes('b')) unportable('bytes cannot be imported', at);
  const start = prefix.length + quote.length;
  return { raw: prefix.includes('r'), start, end: source.length - quote.length };
}

/** The text that the inside of a literal spells. */
export function unescaped(source: string, raw: boolean, at: number): string {
  if (raw) return source;
  return source.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{1,3})|([\s\S]))/gi,
    (whole: string, x?: string, u?: string, long?: string, octal?: string, char?: string) => {
      if (char === 'N') return unportable('\\N{…} cannot be imported: write the character', at);
      if (char !== undefined) return simple.get(char) ?? whole;
      const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? '', 16) : Number.parseInt(octal, 8);
      return code > 0x10_ff_ff ? unportable('no such character', at) : String.fromCodePoint(code);
    },
  );
}
