/** Random bytes hardly ever repeat so often; what somebody typed does. */
const differentMin = 16;

/** The bytes that a text spells in hexadecimal digits or Base64, also its URL form; undefined when it is neither. */
export function keyBytes(text: string): Uint8Array | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** False for keys that nobody drew: a text, a pattern, one byte again and again. For 32 bytes and more. */
export function looksRandom(bytes: Uint8Array): boolean {
  return new Set(bytes).size >= differentMin;
}
