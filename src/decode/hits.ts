import { isAt } from './bytes.ts';

/** Larger than any place in a buffer, and still a small integer. */
const nowhere = 2 ** 30 - 1;

/**
 * The next occurrence of some bytes in a buffer that is walked through from its begin to its end. A hit is kept until the
 * walk has come to it, so that a buffer is searched once and not once a line.
 */
export class Hits {
  readonly needle: Buffer;
  readonly #probe: Buffer;
  readonly #probeAt: number;
  #bytes: Buffer = Buffer.alloc(0);
  #at = -1;

  /**
   * `probe` is a part of the needle that is looked for first. A search goes from one occurrence of its first byte to the
   * next, up to seven bytes even in the processor's vector unit, so a short part with a rare first byte is found much faster.
   */
  constructor(needle: string, probe: string = needle) {
    this.needle = Buffer.from(needle);
    this.#probe = Buffer.from(probe);
    this.#probeAt = needle.indexOf(probe);
  }

  open(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#at = -1;
  }

  /** The first place at or after `from`, which must never go back; a very large number when there is none. */
  next(from: number): number {
    if (this.#at < from) this.#at = this.#find(from);
    return this.#at;
  }

  #find(from: number): number {
    const bytes = this.#bytes;
    const probe = bytes.indexOf(this.#probe, from + this.#probeAt);
    if (probe < 0) return nowhere;
    const at = probe - this.#probeAt;
    if (this.#probe.length === this.needle.length || isAt(bytes, at, this.needle)) return at;
    // The whole needle is searched then, or a line full of the probe would cost a call for each.
    const found = bytes.indexOf(this.needle, from);
    return found < 0 ? nowhere : found;
  }
}
