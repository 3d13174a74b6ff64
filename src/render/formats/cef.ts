import type { FormatInput } from './format.ts';

export function cefText({ key }: FormatInput): string {
  return key;
}
