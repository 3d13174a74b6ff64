import { RE2JS } from 're2js';
import { memo } from './memo.ts';

const patternLengthMax = 1000;

/** A pattern that takes time linear in the text, or what is wrong with it. */
export type Pattern = { readonly ok: true; found(text: string): boolean } | { readonly ok: false; message: string };

/** Compiles an RE2 pattern (no backreferences, no lookaround); it is found anywhere in a text unless anchored. */
export const compilePattern: (source: string) => Pattern = memo(1000, (source) => {
  if (source.length > patternLengthMax) return { ok: false, message: `longer than ${patternLengthMax} characters` };
  try {
    const compiled = RE2JS.compile(source);
    return { ok: true, found: (text) => compiled.test(text) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
});
