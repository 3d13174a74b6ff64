import type { Notification } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import type { Infer, Schema } from '../core/schema.ts';
import { compileMatcher } from './matcher.ts';
import type { Draft } from './over-time/draft.ts';
import { Memory, type Kept } from './over-time/memory.ts';
import { matcherProperties } from './policy-config.ts';

const silenceSchema = {
  type: 'object',
  description: 'Notifications that are not sent for a while. When it ends, one message says how many it hid.',
  required: ['until', 'reason'],
  properties: {
    match: {
      type: 'object',
      description: 'Events; all fields that are set must match. Default: all.',
      properties: matcherProperties,
    },
    rules: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: 'Names of rules. Default: all.',
    },
    from: { type: 'string', minLength: 1, description: 'Default: at once.' },
    until: { type: 'string', minLength: 1, examples: ['2026-12-01T00:00:00Z'] },
    reason: { type: 'string', minLength: 1, maxLength: 200 },
  },
} as const satisfies Schema;

/** The `silences` list of the configuration. */
export const silencesSchema = { type: 'array', items: silenceSchema, default: [] } as const satisfies Schema;
export type SilenceConfig = Infer<typeof silenceSchema>;

export interface Silences {
  /** How many there are. */
  readonly count: number;
  readonly memory: Kept;
  /** Whether the notification about this event is hidden; it is then counted. Without an event: one about nothing in particular. */
  hides(notification: Notification, event: SafeEvent | undefined, atMs: number): boolean;
  /** What the silences that ended by this time hid. */
  due(nowMs: number): readonly { readonly notification: Notification; readonly draft: Draft }[];
}

/** What a silence hid so far, and where it would have gone. */
type Hidden = {
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly until: number;
  readonly destinations: readonly string[];
};

interface Silence {
  readonly reason: string;
  readonly fromMs: number;
  readonly untilMs: number;
  covers(rule: string, event: SafeEvent | undefined): boolean;
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Compiles the silences; `rules` are the names that there are. */
export function compileSilences(
  configs: readonly SilenceConfig[],
  rules: readonly string[],
  problems: Problem[],
): Silences {
  const silences = configs.map((config, index) => {
    const found: Problem[] = [];
    const silence = compile(config, rules, found);
    for (const { path, message } of found) problems.push({ path: [index, ...path], message });
    return silence;
  });
  const memory = new Memory<Hidden>();
  return {
    count: silences.length,
    memory,
    hides({ rule, destinations }, event, atMs) {
      const silence = silences.find((one) => atMs >= one.fromMs && atMs < one.untilMs && one.covers(rule, event));
      if (silence === undefined) return false;
      const before = memory.get(silence.reason);
      memory.set(silence.reason, {
        count: (before?.count ?? 0) + 1,
        first: Math.min(before?.first ?? atMs, atMs),
        last: Math.max(before?.last ?? atMs, atMs),
        until: silence.untilMs,
        destinations: [...new Set([...(before?.destinations ?? []), ...destinations])],
      });
      return true;
    },
    due(nowMs) {
      return [...memory.entries()].flatMap(([reason, hidden]) => {
        // A silence that was taken out of the configuration has ended, too.
        const end = silences.find((one) => one.reason === reason)?.untilMs ?? 0;
        if (nowMs < end) return [];
        memory.delete(reason);
        return [noteOf(reason, hidden)];
      });
    },
  };
}

function compile(config: SilenceConfig, rules: readonly string[], problems: Problem[]): Silence {
  const fromMs = config.from === undefined ? -Infinity : timeOf(config.from, 'from', problems);
  const untilMs = timeOf(config.until, 'until', problems);
  if (untilMs <= fromMs) problems.push({ path: ['until'], message: 'lies before "from"' });
  const found: Problem[] = [];
  const matcher = compileMatcher({ ...config.match, negate: false, failure_result: false, enabled: true }, found);
  for (const { path, message } of found) problems.push({ path: ['match', ...path], message });
  for (const [index, name] of config.rules.entries()) {
    if (!rules.includes(name)) problems.push({ path: ['rules', index], message: 'no such rule' });
  }
  const all = config.match === undefined || Object.keys(config.match).length === 0;
  return {
    reason: config.reason,
    fromMs,
    untilMs,
    covers: (rule, event) => {
      if (config.rules.length > 0 && !config.rules.includes(rule)) return false;
      return event === undefined ? all : matcher.matches(event);
    },
  };
}

function timeOf(text: string, key: string, problems: Problem[]): number {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) problems.push({ path: [key], message: 'no time: write 2026-12-01T00:00:00Z' });
  return ms;
}

function noteOf(
  reason: string,
  { count, first, last, destinations }: Hidden,
): { notification: Notification; draft: Draft } {
  return {
    notification: { rule: 'silence', severity: 'notice', destinations },
    draft: { kind: 'silence', key: reason, count, first, last, facts: { reason } },
  };
}
