const zero = 48;

/**
 * Milliseconds since 1970 of `YYYY-MM-DD`, `T` or a blank, `HH:MM:SS`, an optional fraction (cut to milliseconds, never
 * rounded) and an optional zone; without a zone UTC is meant. Undefined for any other text and for years before 1970.
 */
export function parseTime(text: string): number | undefined {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const separator = text.charCodeAt(10);
  if (separator !== 84 && separator !== 32) return undefined;
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  // NaN fails every comparison, so a sign in the wrong direction would let it through.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  const fraction = fractionOf(text);
  const zoneMs = fraction === undefined ? undefined : zone(text, fraction.end);
  if (fraction === undefined || zoneMs === undefined) return undefined;
  const ms = Date.UTC(digits(text, 0, 4), month - 1, day, hour, minute, second, fraction.ms) - zoneMs;
  return ms >= 0 ? ms : undefined;
}

/**
 * The instant of a time with a fraction and a zone as everybody would write it: UTC, nine digits, `Z`. Texts of this form sort by
 * time. containerd drops zeros at the fraction's end, CRI-O writes `+00:00`, and the pod-log API rewrites both; the instant is the
 * same. Any other text stays as it is.
 */
export function canonicalTime(text: string): string {
  if (text.length === canonicalLength && text.endsWith('Z')) return text;
  const ms = parseTime(text);
  const match = ms === undefined ? null : /^.{19}(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)$/.exec(text);
  if (ms === undefined || match === null) return text;
  const second = new Date(ms).toISOString().slice(0, 19);
  return `${second}.${(match[1] ?? '').padEnd(9, '0')}Z`;
}

const canonicalLength = '2026-01-15T08:59:08.543472529Z'.length;

/** The same with all digits of the fraction: nanoseconds since 1970. */
export function parseTimeNs(text: string): bigint | undefined {
  const ms = parseTime(text);
  if (ms === undefined) return undefined;
  const fraction = /^[.,](\d+)/.exec(text.slice(19))?.[1] ?? '';
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(3, 9));
}

/** Milliseconds since 1970 of seconds since 1970; undefined for what cannot be a time. */
export function parseEpoch(seconds: number): number | undefined {
  const ms = Math.floor(seconds * 1000);
  return ms > 0 && ms <= 8.64e15 ? ms : undefined;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - zero;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The milliseconds of the fraction that may stand behind the seconds, and where the zone begins. */
function fractionOf(text: string): { ms: number; end: number } | undefined {
  const mark = text.charCodeAt(19);
  if (mark !== 46 && mark !== 44) return { ms: 0, end: 19 };
  let ms = 0;
  let end = 20;
  for (; end < text.length; end++) {
    const digit = text.charCodeAt(end) - zero;
    if (!(digit >= 0 && digit <= 9)) break;
    if (end < 23) ms += digit * (end === 20 ? 100 : end === 21 ? 10 : 1);
  }
  return end === 20 ? undefined : { ms, end };
}

/** Milliseconds east of UTC of the zone that begins at `at`. */
function zone(text: string, at: number): number | undefined {
  const rest = text.slice(at);
  if (rest === '' || rest === 'Z' || rest === 'z') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(rest);
  if (match === null) return undefined;
  const ms = (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  return match[1] === '-' ? -ms : ms;
}
