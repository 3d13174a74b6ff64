import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { withViews, type Event } from '../../src/core/event.ts';
import { isObject, type JsonObject } from '../../src/core/json.ts';
import { createRedactor } from '../../src/redact/redactor.ts';
import { labelled, type Labelled } from './labelled.ts';

const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });
const rounds = 4;

/** How the text comes into an event: as one, and, when it is a JSON object, as its context. */
function contexts({ text, contextOnly }: Labelled): readonly JsonObject[] {
  const message: JsonObject = { message: text };
  if (!text.startsWith('{"')) return [message];
  const parsed: unknown = JSON.parse(text.replaceAll('\n', String.raw`\n`));
  assert.ok(isObject(parsed), text);
  return contextOnly ? [parsed] : [message, parsed];
}

function redacted(context: JsonObject): string {
  const event: Event = withViews({ id: 'e'.repeat(32), at: 1, action: 'custom', user: {}, context, origin: {} });
  return JSON.stringify(redactor.redact(event).event.context);
}

/** What is wrong with a text that has secrets. */
function missed(one: Labelled): readonly string[] {
  const { secrets, kinds } = one;
  const said: string[] = [];
  for (const context of contexts(one)) {
    const safe = redacted(context);
    const left = secrets.filter(
      (secret) => safe.includes(secret) || safe.includes(JSON.stringify(secret).slice(1, -1)),
    );
    if (left.length > 0) said.push(`${left.join(' ')} stays in ${safe}`);
    if (!kinds.some((kind) => safe.includes(`[redacted:${kind}]`))) said.push(`no ${kinds.join('|')} in ${safe}`);
  }
  return said;
}

function report(context: TestContext, name: string, good: number, all: number): void {
  context.diagnostic(`${name}: ${good} of ${all} = ${((100 * good) / all).toFixed(2)} %`);
}

test('recall: every labelled secret is taken out, and its mark says what it was', (context) => {
  const texts = labelled('secrets.txt', rounds);
  const wrong = texts.flatMap((one) => missed(one).map((what) => `secrets.txt:${one.line} ${what}`));
  const failed = texts.filter((one) => missed(one).length > 0).length;
  report(context, 'recall', texts.length - failed, texts.length);
  assert.ok(texts.length >= 4 * 250, `${texts.length}`);
  assert.equal(wrong.length, 0, wrong.join('\n'));
});

test('precision: of the labelled clean texts at most one in a hundred is touched', (context) => {
  const texts = labelled('clean.txt', rounds);
  const touched = texts.filter((text) => contexts(text).some((one) => redacted(one) !== JSON.stringify(one)));
  report(context, 'clean texts left alone', texts.length - touched.length, texts.length);
  const found = labelled('secrets.txt', rounds).length;
  report(context, 'precision', found, found + touched.length);
  assert.ok(texts.length >= 4 * 250, `${texts.length}`);
  assert.ok(
    touched.length <= texts.length / 100,
    touched.flatMap((one) => contexts(one).map((context) => `clean.txt:${one.line} ${redacted(context)}`)).join('\n'),
  );
});
