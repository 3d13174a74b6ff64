/** What a key must have: an HMAC with SHA-256 gets nothing from more, and less can be guessed. */
const keyBytesMin = 32;
/** Random bytes hardly ever repeat so often; what somebody typed does. */
const differentMin = 16;

const advice = '"openssl rand -hex 32" makes one';

/** A key as the configuration has it, in hexadecimal digits or Base64; or in words why it is none. Says nothing of the key itself. */
export function readKey(text: string): Uint8Array | string {
  const bytes = decoded(text.trim());
  if (bytes === undefined) return `neither hexadecimal digits nor Base64: ${advice}`;
  if (bytes.length < keyBytesMin)
    return `a key of ${bytes.length} bytes, at least ${keyBytesMin} are needed: ${advice}`;
  return new Set(bytes).size < differentMin ? `not random: ${advice}` : bytes;
}

function decoded(text: string): Uint8Array | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
