import fc from 'fast-check';

const surrogates = { first: 0xd800, count: 0x800 } as const;

/**
 * Any character, to be the unit of `fc.string`: the very texts of its unit `binary`, which first makes a table of all the million
 * characters, in every process that asks for it.
 */
export const character: fc.Arbitrary<string> = fc.nat(0x10ffff - surrogates.count).map(
  (at) => String.fromCodePoint(at < surrogates.first ? at : at + surrogates.count),
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (typeof text !== 'string' || code === undefined || !text.isWellFormed() || text !== String.fromCodePoint(code))
      throw new TypeError('no character');
    return code < surrogates.first ? code : code - surrogates.count;
  },
);
