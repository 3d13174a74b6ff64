import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderMessage, type Message } from '../../src/render/message.ts';
import { visible } from '../../src/render/visible.ts';
import { corpusEvents } from './events.ts';

const path = join(import.meta.dirname, '../fixtures/messages.txt');
const perAction = 6;

// `UPDATE_GOLDEN=1 node --test test/render/golden.test.ts` writes the file anew: read the difference as somebody at 3 am.
test('messages of the corpus read as they did', () => {
  const seen = new Map<string, number>();
  const blocks = corpusEvents()
    .filter(({ event }) => {
      const count = (seen.get(event.action) ?? 0) + 1;
      seen.set(event.action, count);
      return count <= perAction || /[^\x20-\x7e]/.test(JSON.stringify([event.user, event.context.username]));
    })
    .toSorted((a, b) => (a.event.action < b.event.action ? -1 : a.event.action > b.event.action ? 1 : a.line - b.line))
    .map(({ line, event }) => {
      const message = renderMessage(event, {
        rule: 'everything',
        severity: 'notice',
        authentikUrl: 'https://auth.example.com',
      });
      return `# ${event.action} (line ${line})\n${block(message)}`;
    });
  const text = `${blocks.join('\n\n')}\n`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
});

function block({ title, summary, fields, links }: Message): string {
  return [
    title,
    summary,
    ...fields.map(({ name, value, short }) => `  ${name}${short ? '' : ' (long)'}: ${value}`),
    ...links.map(({ label, url }) => `  -> ${label} ${url}`),
  ]
    .map((line) => line.replace(/^\s*/, '') && `${/^ */.exec(line)?.[0] ?? ''}${visible(line.trimStart())}`)
    .join('\n');
}
