/** Memory for what is needed for a moment only. */
export interface Scratch {
  /** At least so many bytes, of any content. */
  take(bytes: number): Buffer;
  /** What `take` gave, or a part of it that begins where it began; nobody reads it any more. */
  giveBack(taken: Buffer): void;
}

/** Bodies of a destination are about as large as each other: by rounding, most fit where an earlier one was. */
const roundBytes = 256 * 1024;

/**
 * One piece of memory that is used again. Each piece that is left to the collector counts for V8 until it looks for it: with a new one
 * for every body it goes through its whole heap every ten requests or so. The one that is kept is held weakly, so that a destination at
 * rest holds none.
 */
export function createScratch(): Scratch {
  let kept: WeakRef<ArrayBuffer> | undefined;
  return {
    take(bytes) {
      const memory = kept?.deref();
      kept = undefined;
      if (memory !== undefined && memory.byteLength >= bytes) return Buffer.from(memory);
      return Buffer.from(new ArrayBuffer(Math.ceil(bytes / roundBytes) * roundBytes));
    },
    giveBack: ({ buffer }) => {
      if (buffer instanceof ArrayBuffer) kept = new WeakRef(buffer);
    },
  };
}
