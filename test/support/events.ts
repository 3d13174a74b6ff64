import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withViews, type EventFacts, type SafeEvent } from '../../src/core/event.ts';
import { asObject, asText, get, isObject } from '../../src/core/json.ts';

/** An event as rules and destinations get it. Tests make it without `redact/`, so nothing in it may be secret. */
export function safeEvent(facts: Partial<EventFacts> = {}): SafeEvent {
  const defaults = {
    id: '0'.repeat(32),
    at: Date.UTC(2026, 0, 15, 9),
    action: 'login',
    user: {},
    context: {},
    origin: {},
  };
  return withViews({ ...defaults, ...facts }) as SafeEvent;
}

/** The events of the corpus, in file order, with made-up ids. */
export function corpusEvents(): readonly SafeEvent[] {
  const lines = readFileSync(join(import.meta.dirname, '../fixtures/corpus/lines.log'), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const event = line.includes('Created Event') ? corpusEvent(line, index) : undefined;
    return event === undefined ? [] : [event];
  });
}

function corpusEvent(line: string, index: number): SafeEvent | undefined {
  const fields: unknown = JSON.parse(line);
  if (!isObject(fields) || get(fields, 'event') !== 'Created Event') return undefined;
  const clientIp = asText(get(fields, 'client_ip'));
  return safeEvent({
    id: index.toString(16).padStart(32, '0'),
    action: asText(get(fields, 'action')) ?? '',
    user: asObject(get(fields, 'user')) ?? {},
    context: asObject(get(fields, 'context')) ?? {},
    ...(clientIp !== undefined && { client_ip: clientIp }),
  });
}
