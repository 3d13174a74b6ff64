import type { ActiveConfig } from './config.ts';

const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const days = names.map((name) => name.slice(0, 3));
const week: ReadonlyMap<string, number> = new Map([...names, ...days].map((day, at) => [day, at % 7]));

/** Minutes since midnight, from and to; to is exclusive. */
type Span = readonly [from: number, to: number];

/** Tells by the local time of a zone whether a rule is in force. */
export type ActiveTimes = (atMs: number) => boolean;

export interface ActiveProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Compiles days, times and zone. A span that ends before it begins (`22:00-06:00`) goes past midnight and belongs to the day it begins. */
export function compileActive(config: ActiveConfig, problems: ActiveProblem[]): ActiveTimes {
  const wanted = new Set(config.days.flatMap((text, at) => daysOf(text, at, problems)));
  const spans = config.times.flatMap((text, at) => spanOf(text, at, problems));
  const clock = localClock(config.timezone, problems);
  if (clock === undefined) return () => true;
  const onDay = (day: number): boolean => wanted.size === 0 || wanted.has(day);
  return (atMs) => {
    const { day, minute } = clock(atMs);
    if (spans.length === 0) return onDay(day);
    return spans.some(([from, to]) => {
      if (from < to) return onDay(day) && minute >= from && minute < to;
      return (onDay(day) && minute >= from) || (onDay((day + 6) % 7) && minute < to);
    });
  };
}

/** `mon-fri`, `sat`. */
function daysOf(text: string, at: number, problems: ActiveProblem[]): readonly number[] {
  const found = text
    .toLowerCase()
    .split('-')
    .map((day) => week.get(day.trim()));
  const [from] = found;
  const to = found.at(-1);
  if (from === undefined || to === undefined || found.length > 2) {
    problems.push({ path: ['days', at], message: `no day: write one of ${days.join(', ')}, or a range as mon-fri` });
    return [];
  }
  const length = ((to - from + 7) % 7) + 1;
  return Array.from({ length }, (_, step) => (from + step) % 7);
}

/** `08:00-18:00`. */
function spanOf(text: string, at: number, problems: ActiveProblem[]): readonly Span[] {
  const match = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  const minutes = (hour: string | undefined, minute: string | undefined): number => Number(hour) * 60 + Number(minute);
  const from = minutes(match?.[1], match?.[2]);
  const to = minutes(match?.[3], match?.[4]);
  const right = match !== null && from < 1440 && to <= 1440 && Number(match[2]) < 60 && Number(match[4]) < 60;
  if (right && from !== to) return [[from, to]];
  problems.push({ path: ['times', at], message: 'no span of time: write 08:00-18:00' });
  return [];
}

interface LocalTime {
  readonly day: number;
  /** Since midnight. */
  readonly minute: number;
}

function localClock(timeZone: string, problems: ActiveProblem[]): ((atMs: number) => LocalTime) | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.push({ path: ['timezone'], message: 'no such time zone: write UTC or a name as Europe/Berlin' });
    return undefined;
  }
  // Formatting costs some microseconds, and a burst lies within one minute.
  let last: { readonly minuteMs: number; readonly time: LocalTime } | undefined;
  return (atMs) => {
    const minuteMs = Math.floor(atMs / 60_000);
    if (last?.minuteMs !== minuteMs) last = { minuteMs, time: read(format, atMs) };
    return last.time;
  };
}

function read(format: Intl.DateTimeFormat, atMs: number): LocalTime {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    day: week.get(parts.get('weekday')?.toLowerCase() ?? '') ?? 0,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}
