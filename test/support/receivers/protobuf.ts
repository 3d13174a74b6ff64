import assert from 'node:assert/strict';

/** What the fields of a message are, by their number. */
export interface MessageType {
  readonly [tag: number]: readonly [
    name: string,
    type: 'text' | 'number' | 'time' | MessageType,
    repeated?: 'repeated',
  ];
}

interface Message {
  [name: string]: unknown;
}

/** Reads a message strictly: unknown fields, other wire types and half a value fail. */
export function decode(bytes: Uint8Array, type: MessageType): Message {
  const out: Message = {};
  let at = 0;
  const varint = (): number => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      assert.ok(byte !== undefined, 'the message ends within a number');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const known = type[key >>> 3];
    assert.ok(known !== undefined, `field ${key >>> 3} is unknown`);
    const [name, kind, repeated] = known;
    assert.equal(key & 7, kind === 'number' ? 0 : kind === 'time' ? 1 : 2, `${name} has another wire type`);
    let value: unknown;
    if (kind === 'number') value = varint();
    else if (kind === 'time') {
      value = String(Buffer.from(bytes.subarray(at, at + 8)).readBigUInt64LE());
      at += 8;
    } else {
      const length = varint();
      assert.ok(at + length <= bytes.length, `${name} is cut off`);
      const content = bytes.subarray(at, at + length);
      at += length;
      value = kind === 'text' ? new TextDecoder('utf-8', { fatal: true }).decode(content) : decode(content, kind);
    }
    if (repeated === undefined) out[name] = value;
    else out[name] = [...(Array.isArray(out[name]) ? out[name] : []), value];
  }
  return out;
}
