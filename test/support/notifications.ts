import type { Delivery } from '../../src/core/delivery.ts';
import type { EventFacts } from '../../src/core/event.ts';
import { corpusEvents, event } from '../render/events.ts';

/** A delivery of an event with these facts. */
export function delivery(facts: Partial<EventFacts> = {}, more: Partial<Delivery> = {}): Delivery {
  const made = event(facts);
  return { key: `${made.id}.1b2c3d4e`, event: made, rule: 'failed logins', severity: 'warning', attempts: 0, ...more };
}

/** What an attacker can write into an event before logging in, in the places that messages are made of. */
export function attack(text: string): Partial<EventFacts> {
  const context = { username: text, message: text, stage: { app: 'a', model_name: 'b', name: text }, [text]: text };
  return { user: { username: text }, client_ip: text, context };
}

/** Batches that strain every limit: the whole corpus, the longest texts in several scripts, a digest of fifty. */
export function strains(): readonly { readonly name: string; readonly batch: readonly Delivery[] }[] {
  const rule = 'r'.repeat(500);
  const long = ['<&*'.repeat(3000), '王小明'.repeat(3000), '👩‍💻"\\'.repeat(3000), '\u202e\u0000'.repeat(3000)];
  const actions = ['login_failed', 'user_write', 'model_updated', 'configuration_error'];
  return [
    ...corpusEvents().map((one) => ({
      name: `line ${one.line}`,
      batch: [delivery({}, { event: one.event, rule, severity: 'alert' })],
    })),
    ...long.flatMap((text) =>
      [text, ...actions].map((action) => {
        const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`${text.slice(0, 80)}${at}`, text]));
        const facts = attack(text);
        const batch = [delivery({ ...facts, action, context: { ...many, ...facts.context } }, { rule })];
        return { name: `${action.slice(0, 20)} with ${text.slice(0, 3)}`, batch };
      }),
    ),
    ...long.map((text) => ({
      name: `a digest of ${text.slice(0, 3)}`,
      batch: Array.from({ length: 50 }, (_, at) =>
        delivery({ ...attack(`${at}${text}`), id: at.toString(16).padStart(32, '0') }, { rule: `${at}${text}` }),
      ),
    })),
  ];
}
