/** Text that is UTF-8 already, or will be. */
export type Piece = string | Uint8Array;

/** One delivery as it stands in a request's body. */
export interface Item {
  readonly pieces: readonly Piece[];
  /** Of all pieces, in UTF-8. */
  readonly bytes: number;
}

/** Measures the pieces once. */
export function createItem(pieces: readonly Piece[]): Item {
  let bytes = 0;
  for (const piece of pieces) bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
  return { pieces, bytes };
}

/** `before`, the items with `between` among them, `after`: in one buffer, each byte written once. */
export function joinItems(items: readonly Item[], before: string, between: string, after: string): Buffer {
  const frame = before.length + after.length + between.length * Math.max(items.length - 1, 0);
  const out = Buffer.allocUnsafe(items.reduce((sum, { bytes }) => sum + bytes, frame));
  let end = out.write(before, 0, 'latin1');
  for (const [at, { pieces }] of items.entries()) {
    if (at > 0) end += out.write(between, end, 'latin1');
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        end += out.write(piece, end, 'utf8');
      } else {
        out.set(piece, end);
        end += piece.length;
      }
    }
  }
  out.write(after, end, 'latin1');
  return out;
}
