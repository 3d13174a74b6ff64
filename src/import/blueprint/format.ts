import type { Place } from '../findings.ts';
import type { Scalar } from './raw.ts';
import { refuse } from './refusal.ts';

const lengthMax = 1024 * 1024;

/** Python's `format % values` with `%s`, `%d` and `%%`; authentik refuses values that are left over or missing. */
export function formatText(format: string, values: readonly Scalar[], at: Place): string {
  let next = 0;
  const text = format.replaceAll(/%(.?)/gs, (whole: string, directive: string) => {
    if (directive === '%') return '%';
    if (directive !== 's' && directive !== 'd') return refuse(`!Format: ${JSON.stringify(whole)} is not supported`, at);
    if (next >= values.length) refuse('!Format: a value is missing', at);
    const value = values[next] ?? null;
    next += 1;
    if (directive === 's') return pythonText(value);
    return typeof value === 'number' ? String(Math.trunc(value)) : refuse('!Format: %d wants a number', at);
  });
  if (next < values.length) refuse('!Format: more values than places for them', at);
  return text.length > lengthMax ? refuse('!Format: longer than 1 MiB', at) : text;
}

/** Python's `str(value)`. */
export function pythonText(value: Scalar): string {
  if (value === null) return 'None';
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}
