/** Text that is UTF-8 already, or will be. */
export type Piece = string | Uint8Array;

/** Something that stands in a request's body: one delivery, several, or all of it. */
export interface Item {
  readonly pieces: readonly Piece[];
  /** Of all pieces, in UTF-8. */
  readonly bytes: number;
}

/** To measure a text takes as long as to write it. */
const measuredCharsMax = 256;

/** Measures the pieces once. Long texts become their bytes at that. */
export function createItem(texts: readonly Piece[]): Item {
  let bytes = 0;
  const pieces = texts.map((text) => {
    const piece = typeof text === 'string' && text.length > measuredCharsMax ? Buffer.from(text) : text;
    bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
    return piece;
  });
  return { pieces, bytes };
}

/** `before`, the items with `between` among them, `after`. Nothing is copied. */
export function joinItems(items: readonly Item[], before = '', between = '', after = ''): Item {
  const frame = createItem([before, after]);
  const [open = '', close = ''] = frame.pieces;
  const pieces: Piece[] = [open];
  let bytes = frame.bytes + Buffer.byteLength(between) * Math.max(items.length - 1, 0);
  for (const [at, item] of items.entries()) {
    if (at > 0 && between !== '') pieces.push(between);
    for (const piece of item.pieces) pieces.push(piece);
    bytes += item.bytes;
  }
  pieces.push(close);
  return { pieces, bytes };
}

/** The item in one buffer, each byte written once; `memory` gives at least as much as it is asked for. */
export function writeItem({ pieces, bytes }: Item, memory = fresh): Buffer {
  const out = memory(bytes);
  let end = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      end += out.write(piece, end);
    } else {
      out.set(piece, end);
      end += piece.length;
    }
  }
  return out.subarray(0, end);
}

function fresh(bytes: number): Buffer {
  return Buffer.allocUnsafe(bytes);
}
