import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/duration.ts';

/** A duration option in milliseconds: `30s`, `2m`, `days=1`. */
export function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('A duration is written like 30s, 2m, 24h or days=1.');
  return ms;
}

/** A number of things to show, from 1. */
export function countArgument(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('A whole number from 1 is wanted.');
  return count;
}
