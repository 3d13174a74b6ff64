import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { kinds } from '../../src/build.ts';
import { loadConfig } from '../../src/config/load.ts';
import { alertAction } from '../../src/core/action.ts';
import { withViews } from '../../src/core/event.ts';
import { admit, type Stages } from '../../src/pipeline/decide.ts';
import { createRehearsal } from '../../src/pipeline/rehearsal.ts';
import { stagesOf } from '../../src/stages.ts';

const atMs = Date.parse('2026-01-15T09:03:48Z');
const keys = ['one', 'two'].map((name) => createHash('sha256').update(name).digest('hex'));
const encryption = (key: string): string => `journal: {path: j, encryption: {key: "${key}"}}\n`;
const pseudonymize = (key: string): string => `redact: {pseudonymize: {key: "${key}", fields: [client_ip]}}\n`;

/** The stages with more of the configuration and of its destination. */
function stagesWith(more: string, destination = ''): Stages {
  const rule = `{name: burst, policies: [{action: login_failed}], window: {count: 2, within: 1m, by: [event.client_ip]}, destinations: [out]}`;
  const text = `sources: [{type: stdin}]\nrules: [${rule}]\ndestinations: {out: {type: stdout${destination}}}\n${more}`;
  const config = loadConfig(text, 'c.yaml', { env: {}, hostname: 'here', readFile: () => '' }, kinds);
  return stagesOf(config);
}

const facts = { at: atMs, action: 'login_failed', user: {}, client_ip: '203.0.113.7', context: {}, origin: {} };

/** The id of an event of a line. */
function lineIdWith(more: string, destination = ''): string {
  return admit(stagesWith(more, destination), withViews({ ...facts, id: hashOfLine })).event.id;
}

/** The id of an alert about an address. */
function idWith(more: string, destination = ''): string {
  const stages = stagesWith(more, destination);
  const rehearsal = createRehearsal(stages);
  const told = ['a', 'b'].flatMap((digit) => {
    const { event } = stages.redactor.redact(withViews({ ...facts, id: digit.repeat(32) }));
    return rehearsal.judge(event).told;
  });
  const alert = told.find(({ event: { action } }) => action === alertAction);
  assert.match(alert?.event.id ?? '', /^[0-9a-f]{32}$/);
  return alert?.event.id ?? '';
}

const hashOfLine = 'c0ffee'.repeat(6).slice(0, 32);

/** What somebody computes who knows the alert, and tries addresses. */
const guessed = createHash('sha256')
  .update(JSON.stringify([alertAction, 'burst', 'window', JSON.stringify(['203.0.113.7']), 2, atMs, atMs]))
  .digest('hex')
  .slice(0, 32);

test('where nothing is hidden the id of an alert is the hash of what it tells', () => {
  assert.equal(idWith(''), guessed);
});

test('with pseudonyms or encryption nobody without the key can compute it; with the same key it is the same', () => {
  for (const section of [pseudonymize, encryption]) {
    const ids = keys.map((key) => idWith(section(key)));
    assert.equal(new Set([...ids, guessed]).size, 3);
    assert.deepEqual(
      keys.map((key) => idWith(section(key))),
      ids,
    );
  }
});

test('where a view hides something without any key, this process has one', () => {
  const id = idWith('', ', fields: {deny: [client_ip]}');
  assert.notEqual(id, guessed);
  assert.equal(idWith('', ', fields: {deny: [client_ip]}'), id);
});

test('with pseudonyms the id of a line is no hash of it, and the same in every life with that key', () => {
  assert.equal(lineIdWith(''), hashOfLine);
  const ids = keys.map((key) => lineIdWith(pseudonymize(key)));
  assert.equal(new Set([...ids, hashOfLine]).size, 3);
  assert.deepEqual(
    keys.map((key) => lineIdWith(pseudonymize(key))),
    ids,
  );
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
});
