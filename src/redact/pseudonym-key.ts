import { keyBytes, looksRandom } from '../core/key-text.ts';

/** What a key must have: an HMAC with SHA-256 gets nothing from more, and less can be guessed. */
const keyBytesMin = 32;

const advice = '"openssl rand -hex 32" makes one';

/** A key as the configuration has it, in hexadecimal digits or Base64; or in words why it is none. Says nothing of the key itself. */
export function readKey(text: string): Uint8Array | string {
  const bytes = keyBytes(text.trim());
  if (bytes === undefined) return `neither hexadecimal digits nor Base64: ${advice}`;
  if (bytes.length < keyBytesMin)
    return `a key of ${bytes.length} bytes, at least ${keyBytesMin} are needed: ${advice}`;
  return looksRandom(bytes) ? bytes : `not random: ${advice}`;
}
