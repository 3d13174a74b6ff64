import type { FormatInput } from './format.ts';

export function leefText({ key }: FormatInput): string {
  return key;
}
