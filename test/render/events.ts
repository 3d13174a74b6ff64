import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventFacts, SafeEvent } from '../../src/core/event.ts';
import { withViews } from '../../src/core/event.ts';
import { isObject } from '../../src/core/json.ts';
import { isEvent, toEvent } from '../../src/decode/event.ts';
import { createRedactor, fromStored } from '../../src/redact/redactor.ts';

/** An event as rendering gets it; the tests of redaction are elsewhere. */
export function event(facts: Partial<EventFacts> = {}): SafeEvent {
  const made = withViews({
    id: '0123456789abcdef0123456789abcdef',
    at: Date.parse('2026-01-15T09:03:48.859Z'),
    action: 'login_failed',
    user: { username: 'ada.lovelace', pk: 6, email: 'ada.lovelace@example.com' },
    context: {},
    origin: {},
    ...facts,
  });
  return fromStored(JSON.stringify(made));
}

const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });

/** Every event line of the corpus as messages are made of it, redacted, with the line's number. */
export function corpusEvents(): readonly { readonly line: number; readonly event: SafeEvent }[] {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/corpus/lines.log'), 'utf8');
  return text.split('\n').flatMap((raw, index) => {
    if (!raw.startsWith('{')) return [];
    const line: unknown = JSON.parse(raw);
    if (!isObject(line) || !isEvent(line)) return [];
    const id = (index + 1).toString(16).padStart(32, '0');
    const decoded = toEvent(line, { id, origin: {}, time: '' });
    return [{ line: index + 1, event: redactor.redact(decoded).event }];
  });
}
