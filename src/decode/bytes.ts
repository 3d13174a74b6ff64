/** The bytes that the wrappers and JSON are made of. */
export const newline = 10;
export const carriageReturn = 13;
export const blank = 32;
export const colon = 58;
export const braceOpen = 123;
export const braceClose = 125;

/** True when `needle` stands at `at`. */
export function isAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}
