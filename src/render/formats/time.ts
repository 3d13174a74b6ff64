/** 0001-01-01 and 9999-12-31: what RFC 3339 and the receivers' dates can say. */
const msMin = Date.UTC(2000, 0, 1) - 1999 * 365.2425 * 86_400_000;
const msMax = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** `2026-01-15T09:03:48.859Z`; times beyond four-digit years become the nearest that has one. */
export function isoMillis(ms: number): string {
  return new Date(clampMs(ms)).toISOString();
}

/** The time in whole milliseconds since 1970, within four-digit years. */
export function clampMs(ms: number): number {
  return Math.trunc(Math.min(Math.max(ms, msMin), msMax));
}
