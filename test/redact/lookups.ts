import { createKeyRule } from '../../src/redact/key-rule.ts';
import { createTextRedactor } from '../../src/redact/text.ts';

/** Redacts a text and counts the keys that were asked about meanwhile, which is the work that grows with it. `remembers`: texts without secrets. */
export function lookupCounter(
  remembers: boolean,
): (text: string) => { readonly asked: number; readonly redacted: string } {
  const keys = createKeyRule([]);
  let asked = 0;
  const texts = createTextRedactor(
    (key) => {
      asked++;
      return keys(key);
    },
    [],
    remembers,
  );
  return (text) => {
    asked = 0;
    const redacted = texts.redact(text, new Map());
    return { asked, redacted };
  };
}
