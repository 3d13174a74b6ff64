import { seeded, type Random } from '../bench/random.ts';
import type { HoldPlan } from './hold-model.ts';

/** Chance, from one seed: the same run has the same throws in the same order. */
export interface Dice {
  /** 0 ≤ n < `limit`, whole. */
  below(limit: number): number;
  /** From `min` to `max`, whole. */
  between(min: number, max: number): number;
  /** True once in `n` throws on average. */
  oneIn(n: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** 0 ≤ n < 1. */
  share(): number;
}

export function createDice(seed: number): Dice {
  const random: Random = seeded(seed);
  const below = (limit: number): number => random.below(limit);
  return {
    below,
    between: (min, max) => min + below(max - min + 1),
    oneIn: (n) => below(n) === 0,
    pick: (from) => from[below(from.length)] ?? from[0],
    share: () => random.u32() / 2 ** 32,
  };
}

/** How one destination is set up. */
export interface DestinationPlan {
  readonly name: string;
  readonly items: number;
  readonly waitMs: number;
  /** Most batches in flight; above 1 in any order. */
  readonly concurrency: number;
  readonly maxAgeMs: number | undefined;
  readonly digest: number;
  /** Refuses this event for what it is, and with it every batch that has it; undefined refuses none. */
  readonly poison: number | undefined;
}

/** What one run is made of; everything else is decided on the way. */
export interface Plan {
  /** Names of the rules that there are, with that of the silence: what is left out leaves others more to do. */
  readonly rules: readonly string[];
  /** Names of the logs that the sources read: two sources may read the same one. */
  readonly sources: readonly string[];
  readonly destinations: readonly DestinationPlan[];
  /** Events are padded to make a small journal full. */
  readonly paddingChars: number;
  readonly maxBytes: number;
  readonly whenFull: 'block' | 'drop_oldest';
  readonly retentionMs: number;
  /** How many lives the process has before the last, calm one. */
  readonly lives: number;
  /** One in this many operations of the journal fails; 0 for a sound disk. */
  readonly faultOneIn: number;
  /** A crash is a power cut: what was not written durably is gone. */
  readonly power: boolean;
  /** Whether the journal is encrypted: with one key from its beginning, or with another one or none in each life. */
  readonly keys: 'none' | 'one' | 'changing';
  /** Most steps of a life, and most lines that are written at once. */
  readonly stepsMax: number;
  readonly linesMax: number;
}

/** Events come in three sorts; rules decide by them. */
export const actions = ['login', 'login_failed', 'model_updated'] as const;

/** Rules that look at several events send to `d`, and so do silenced ones: so many of this action make an alert, and that one is collected. */
export const burst = { rule: 'bursts', action: 'login_failed', count: 3 } as const;
export const digest = { rule: 'digest', action: 'login' } as const;
export const alertReceiver = 'd';

/** When the logs begin. Each event has a time of its own: alerts are told apart by the times of their events. */
export const startMs = Date.parse('2026-01-15T09:00:00Z');
export const eventEveryMs = 400;

/** Rules that let so many pass in a time and tell the others together. */
export const repeats: HoldPlan = { rule: 'repeats', action: 'login_failed', count: 1, periodMs: 3000, byAddress: true };
export const limited: HoldPlan = {
  rule: 'limited',
  action: 'model_updated',
  count: 2,
  periodMs: 4000,
  byAddress: false,
};

/** Where events come from; some say nothing about it. */
export const addresses = ['203.0.113.7', '203.0.113.8', ''] as const;

/** Hides what the rules say about one address for a while. The first of them, `plain`, looks at single events. */
export const silence = {
  rule: 'silence',
  plain: 'logins',
  rules: [
    { rule: 'logins', action: 'login' },
    { rule: repeats.rule, action: repeats.action },
  ],
  clientIp: addresses[0],
  fromMs: startMs + 1000,
  untilMs: startMs + 5000,
} as const;

export function isHidden(
  rule: string,
  { atMs, clientIp }: { readonly atMs: number; readonly clientIp: string | undefined },
): boolean {
  const isConcerned = silence.rules.some((one) => one.rule === rule) && clientIp === silence.clientIp;
  return isConcerned && atMs >= silence.fromMs && atMs < silence.untilMs;
}

/** Which rules fire for an action, and where they send. The configuration of `world.ts` says the same in YAML. */
export const wanted = {
  login: [{ rule: 'all', destinations: ['a'] }],
  login_failed: [
    { rule: 'all', destinations: ['a'] },
    { rule: 'failures', destinations: ['a', 'b'] },
  ],
  model_updated: [
    { rule: 'all', destinations: ['a'] },
    { rule: 'changes', destinations: ['b', 'c'] },
  ],
} as const;

/** Where rules send to that send to others than {@link alertReceiver}. */
const receivers = new Map<string, readonly string[]>(
  Object.values(wanted).flatMap((rules) => rules.map(({ rule, destinations }) => [rule, destinations] as const)),
);
const ruleNames = [
  ...receivers.keys(),
  burst.rule,
  digest.rule,
  repeats.rule,
  limited.rule,
  silence.plain,
  silence.rule,
];

export function drawPlan(dice: Dice): Plan {
  const sources = dice.oneIn(5) ? ['server', dice.pick(['server', 'worker'])] : ['server'];
  // An event that was pruned is a new one when a second source comes to it: two of one log go with a journal that keeps all.
  const keepsAll = sources[0] === sources[1];
  const small = !keepsAll && dice.oneIn(5);
  const isLong = dice.oneIn(40);
  const rules = ruleNames.filter(() => isLong || dice.oneIn(3));
  const used = new Set(rules.flatMap((rule) => receivers.get(rule) ?? [alertReceiver]));
  return {
    rules,
    sources,
    destinations: [...used].sort().map((name) => ({
      name,
      items: dice.pick([1, 3, 10, 100]),
      waitMs: dice.pick([0, 0, 50, 2000]),
      concurrency: name === 'b' ? 3 : 1,
      maxAgeMs: dice.oneIn(6) ? (isLong ? 15_000 : 3000) : undefined,
      digest: dice.oneIn(4) ? 20 : 1,
      poison: dice.oneIn(4) ? dice.below(30) : undefined,
    })),
    paddingChars: small ? 12_000 : dice.below(300),
    maxBytes: small ? (isLong ? 450_000 : 170_000) : 64 * 1024 * 1024,
    whenFull: dice.oneIn(2) ? 'block' : 'drop_oldest',
    retentionMs: !keepsAll && dice.oneIn(5) ? (isLong ? 10_000 : 2000) : 3_600_000,
    lives: isLong ? dice.between(1, 3) : dice.pick([1, 1, 1, 1, 2]),
    faultOneIn: dice.oneIn(3) ? dice.between(8, 60) : 0,
    power: dice.oneIn(6),
    keys: dice.pick(['none', 'none', 'none', 'none', 'one', 'changing']),
    stepsMax: isLong ? 10 : 2,
    linesMax: isLong ? 10 : 4,
  };
}
