const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

const wordMs: ReadonlyMap<string, number> = new Map([
  ['milliseconds', 1],
  ['seconds', 1000],
  ['minutes', 60_000],
  ['hours', 3_600_000],
  ['days', 86_400_000],
  ['weeks', 604_800_000],
]);

/**
 * Milliseconds of a duration: `30s`, `10m`, `1h30m`, or authentik's own form `days=1;hours=2` (`,` separates too).
 * Undefined when the text is neither.
 */
export function parseDuration(value: string): number | undefined {
  return value.includes('=') ? parseWords(value) : parseUnits(value);
}

function parseWords(value: string): number | undefined {
  let total = 0;
  for (const part of value.split(/[;,]/)) {
    const match = /^\s*([a-z]+)=(\d+(?:\.\d+)?)\s*$/.exec(part);
    const unit = wordMs.get(match?.[1] ?? '');
    if (match === null || unit === undefined) return undefined;
    total += Number(match[2]) * unit;
  }
  return total;
}

function parseUnits(value: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(number) * (unitMs.get(unit ?? '') ?? 0);
  }
  return total;
}

const sizeBytes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
  ['kB', 1000],
  ['MB', 1000 ** 2],
  ['GB', 1000 ** 3],
]);

/** Bytes of a size: `64KiB`, `256MiB`, `5MB`, `4096`. Undefined when the text is none. */
export function parseSize(value: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(B|[KMG]iB|[kMG]B)?$/.exec(value);
  return match === null ? undefined : Math.round(Number(match[1]) * (sizeBytes.get(match[2] ?? '') ?? 1));
}

/** A duration for people: `340 ms`, `2.5 s`, `3 min`, `1 h 20 min`, `2 d 3 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
