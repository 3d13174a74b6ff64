/** 0001-01-01 and 9999-12-31: what RFC 3339 and the receivers' dates can say. */
const msMin = Date.UTC(2000, 0, 1) - 1999 * 365.2425 * 86_400_000;
const msMax = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const minuteMs = 60_000;
/** The minute that was asked for last, as text up to its seconds: events come in the order of their times. */
let minute = { at: NaN, text: '' };

/** `2026-01-15T09:03:48.859Z`; times beyond four-digit years become the nearest that has one. */
export function isoMillis(ms: number): string {
  const whole = clampMs(ms);
  const at = Math.floor(whole / minuteMs);
  if (at !== minute.at) minute = { at, text: new Date(whole).toISOString().slice(0, 17) };
  const rest = whole - at * minuteMs;
  return `${minute.text}${digits(Math.floor(rest / 1000), 2)}.${digits(rest % 1000, 3)}Z`;
}

function digits(value: number, count: number): string {
  return value.toString().padStart(count, '0');
}

/** The time in whole milliseconds since 1970, within four-digit years. */
export function clampMs(ms: number): number {
  return Math.trunc(Math.min(Math.max(ms, msMin), msMax));
}
