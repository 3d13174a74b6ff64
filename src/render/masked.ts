const whole = /^(?:\[redacted(?::\w+)?\]|\*{3,})$/;

/** True for text that is nothing but authentik's or our own mask. */
export function isMasked(text: string): boolean {
  return whole.test(text);
}
