/** A field of text, bytes or a message. */
export function field(tag: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value.toWellFormed()) : value;
  return Buffer.concat([varint((tag << 3) | 2), varint(bytes.length), bytes]);
}

/** A field of a small number. */
export function number(tag: number, value: number): Uint8Array {
  return Buffer.concat([varint(tag << 3), varint(value)]);
}

/** A field of type fixed64: nanoseconds since 1970. */
export function time(tag: number, ms: number): Uint8Array {
  const out = Buffer.alloc(9);
  out[0] = (tag << 3) | 1;
  out.writeBigUInt64LE(BigInt.asUintN(64, BigInt(ms) * 1_000_000n), 1);
  return out;
}

/** Fields one after the other. */
export function message(fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

/** A number below 2^31 in groups of seven bits. */
export function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Uint8Array.from([...out, rest]);
    out.push((rest & 127) | 128);
  }
}

/** The value of a field that is a number or bytes; the last one where there are several, undefined where there is none or it is cut off. */
export function read(bytes: Uint8Array, wanted: number): bigint | Uint8Array | undefined {
  let found: bigint | Uint8Array | undefined;
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = Number(next());
    const type = key & 7;
    if (type !== 0 && type !== 2) return found;
    const value = next();
    if (type === 2 && at + Number(value) > bytes.length) return found;
    const content = type === 0 ? value : bytes.subarray(at, (at += Number(value)));
    if (key >>> 3 === wanted) found = content;
  }
  return found;
}
