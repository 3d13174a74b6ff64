import type { SafeEvent } from '../../core/event.ts';
import { describe } from '../actions/index.ts';
import { cut } from '../cut.ts';

const headlineCharsMax = 300;

/** Who, what, from where, in one line: what a log viewer shows. */
export function headline(event: SafeEvent): string {
  return cut(describe(event).title, headlineCharsMax);
}

/** The action in words without anything from the event: `login_failed` → `Login failed`. */
export function actionName(action: string): string {
  const words = action.replaceAll('_', ' ').trim();
  return words === '' ? 'Event' : words.slice(0, 1).toUpperCase() + words.slice(1);
}
