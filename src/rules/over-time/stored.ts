import { asText, type Json } from '../../core/json.ts';

/** The items of what was written down as a list; none for anything else. */
export function listIn(stored: Json | undefined): readonly Json[] {
  return Array.isArray(stored) ? stored : [];
}

/** The same for a number. */
export function numberIn(stored: Json | undefined): number {
  return typeof stored === 'number' ? stored : 0;
}

/** The same for a text. */
export function textIn(stored: Json | undefined): string {
  return asText(stored) ?? '';
}
