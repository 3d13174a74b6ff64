import type { OptionProblem } from './destination.ts';

/** Headers that belong to the connection or to herald. */
const reserved: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What is wrong with the names of the headers that a user adds; `own` are those that the destination sets itself, in lower case. */
export function headerNameProblems(names: readonly string[], own: readonly string[]): readonly OptionProblem[] {
  const seen = new Set<string>();
  return names.flatMap((name) => {
    const path = ['headers', name];
    const lower = name.toLowerCase();
    const again = seen.has(lower);
    seen.add(lower);
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return [{ path, message: 'not a header name' }];
    if (reserved.has(lower) || own.includes(lower)) return [{ path, message: 'set by herald itself' }];
    return again ? [{ path, message: 'given twice' }] : [];
  });
}
