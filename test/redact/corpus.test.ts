import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject } from '../../src/core/json.ts';
import { createKeyRule } from '../../src/redact/key-rule.ts';
import { createRedactor } from '../../src/redact/redactor.ts';
import { createTextRedactor } from '../../src/redact/text.ts';
import { TreeRedactor } from '../../src/redact/tree.ts';
import { corpusLines, decodedEvents, plantedSecrets, textsOf } from './corpus.ts';

const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });
const secrets = plantedSecrets();
const events = decodedEvents();

/** The secrets that stand in a text, however it was written as JSON. */
function leaked(json: string): readonly string[] {
  return secrets.filter((secret) => json.includes(secret) || json.includes(JSON.stringify(secret).slice(1, -1)));
}

test('the corpus has what these tests are about', () => {
  assert.equal(secrets.length, 64);
  assert.equal(events.length, 192);
  assert.ok(events.filter((event) => leaked(JSON.stringify(event)).length > 0).length >= 35);
});

test('no planted secret is in a redacted event, its views and counts included', () => {
  for (const event of events) {
    const { event: safe, counts } = redactor.redact(event);
    assert.deepEqual(leaked(JSON.stringify([safe, [...counts]])), [], `${event.action} ${event.id}`);
  }
});

test('mail bodies that are kept are without their links, too', () => {
  const keeping = createRedactor({ keys: [], patterns: [], emailBodies: 'keep' });
  for (const event of events) {
    const { event: safe } = keeping.redact(event);
    assert.deepEqual(leaked(JSON.stringify(safe)), [], `${event.action} ${event.id}`);
    if (event.action === 'email_sent') assert.match(JSON.stringify(safe.context['body']), /<html/);
  }
});

test('lines that are no events would be clean as well, if they ever left', () => {
  const keys = createKeyRule([]);
  const texts = createTextRedactor(keys, [], false);
  const tree = new TreeRedactor(keys, texts);
  for (const line of corpusLines()) {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : line;
    const clean = isObject(value) ? JSON.stringify(tree.value(value, new Map())) : texts.redact(line, new Map());
    // What somebody typed into the user name field can be told by the event's action only.
    const typed = ['correct-horse-battery-staple-42', 'Tr0mbone&Piccolo-1968'];
    assert.deepEqual(
      leaked(clean).filter((secret) => !typed.includes(secret)),
      [],
      line.slice(0, 200),
    );
  }
});

test('redacting twice changes nothing', () => {
  for (const event of events) {
    const once = redactor.redact(event).event;
    const twice = redactor.redact(once);
    assert.equal(twice.event, once, event.action);
    assert.equal(twice.counts.size, 0, event.action);
  }
});

test('what names the event stays as it is', () => {
  for (const event of events) {
    const { event: safe } = redactor.redact(event);
    const { id, at, action, client_ip, request_id, schema_name, domain_url, origin, geo, asn, model, application } =
      event;
    const kept = {
      id,
      at,
      action,
      client_ip,
      request_id,
      schema_name,
      domain_url,
      origin,
      geo,
      asn,
      model,
      application,
    };
    for (const [key, value] of Object.entries(kept))
      assert.deepEqual(Reflect.get(safe, key), value, `${event.action} ${key}`);
    assert.equal(safe.http?.path, event.http?.path);
    assert.deepEqual(safe.user, event.user.username === undefined ? event.user : { ...event.user, ...safe.user });
  }
});

/** Paths whose texts are secrets by the corpus's own design, though not each is in the list. */
const secretPath =
  /\.(?:state|nonce|code|RelayState|SAMLRe\w+|username|identifier|body|locals\..*|webhook_url\..*|next)$/;

test('of the texts without a secret at most one in a hundred is touched', () => {
  let clean = 0;
  const touched: string[] = [];
  for (const event of events) {
    const { event: safe } = redactor.redact(event);
    const after = new Map(textsOf({ context: safe.context, user: safe.user }));
    for (const [path, text] of textsOf({ context: event.context, user: event.user })) {
      if (leaked(JSON.stringify(text)).length > 0 || secretPath.test(path)) continue;
      clean++;
      if (after.get(path) !== text) touched.push(`${path}: ${text.slice(0, 80)}`);
    }
  }
  assert.ok(clean > 1500, `${clean}`);
  assert.ok(touched.length <= clean / 100, touched.join('\n'));
});
