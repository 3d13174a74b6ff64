/** A source of the same numbers for the same seed on every machine. */
export interface Random {
  /** 0 ≤ n < 2³², whole. */
  u32(): number;
  /** 0 ≤ n < `limit`, whole. */
  below(limit: number): number;
}

/** The sfc32 generator (PractRand), started from a 32-bit seed. */
export function seeded(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed >>> 0;
  let counter = 1;
  const u32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  // The first outputs still look like the seed.
  for (let i = 0; i < 16; i++) u32();
  return { u32, below: (limit) => Math.floor((u32() / 0x1_0000_0000) * limit) };
}
