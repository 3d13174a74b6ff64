import type { SafeEvent } from '../../core/event.ts';
import type { Field } from '../field.ts';

/**
 * What is particular to an action: its sentence, its meaning and the facts that only it has. Formats for machines ask for the first
 * only, for every event.
 */
export interface ActionText {
  readonly title: string;
  readonly summary: () => string;
  readonly fields?: () => readonly Field[];
}

export type Describe = (event: SafeEvent) => ActionText;

/** The sentences that are there, as one text. */
export function sentences(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}

/** The text closed by a full stop unless it has an end of its own. */
export function stop(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…:;]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
