import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { eachValue } from '../../src/redact/view/values.ts';
import { safeEvent } from '../support/events.ts';
import { byA, viewOf } from './views.ts';

const everything = viewOf();

function messageOf(message: string, username = 'nobody.here'): unknown {
  return everything.apply(safeEvent({ user: { username }, context: { message } })).context['message'];
}

/** What each kind of value is called in events, without letting its pseudonym into the expectation. */
function plain(text: unknown): string {
  return String(text).replaceAll(/(user|mail|ip)-[\da-f]{4}-[\da-f]{16}/g, '<$1>');
}

describe('a name of two letters is looked for in texts where letters are words', () => {
  for (const name of ['李明', '田中', '김철', '김철'.normalize('NFD'), 'ゆき', 'リー', '𠮷田']) {
    test(`${name} (${name.length} units)`, () => {
      const context = {
        message: `Email to ${name} sent`,
        subject: `${name}様`,
        http_request: { path: `/u/${encodeURIComponent(name)}/` },
      };
      const user = byA.of('person', name);
      assert.deepEqual(everything.apply(safeEvent({ user: { username: name }, context })).context, {
        message: `Email to ${user} sent`,
        subject: `${user}様`,
        http_request: { path: `/u/${user}/` },
      });
    });
  }
  for (const name of ['Bo', 'Jó', 'Бо', '李', '𠮷', '김'.normalize('NFD')]) {
    test(`not ${name}`, () => assert.equal(messageOf(`Email to ${name} sent`, name), `Email to ${name} sent`));
  }
});

describe('a number of fewer than five digits is a name only where a key says so', () => {
  for (const [name, message] of [
    ['2026', 'since 2026-01-15'],
    ['200', 'HTTP 200'],
    ['٢٠٢٦', 'since ٢٠٢٦'],
  ] as const) {
    test(name, () => {
      const context: JsonObject = { message, status: 200, year: '2026' };
      const { user, context: shown } = everything.apply(safeEvent({ user: { username: name }, context }));
      assert.equal(user.username, byA.of('person', name));
      assert.deepEqual(shown, context);
    });
  }
  for (const name of ['20261', 'a200', '20.26']) {
    test(`not ${name}`, () => assert.equal(messageOf(`for ${name}.`, name), `for ${byA.of('person', name)}.`));
  }
});

describe('mail addresses of all forms', () => {
  for (const [message, shown] of [
    ['"ada lovelace"@example.com', '<mail>'],
    ['to <"ada lovelace"@example.com>', 'to <<mail>>'],
    ['to "a, \\"b\\" c"@example.com.', 'to <mail>.'],
    ['"ada"@[203.0.113.7]', '<mail>'],
    ['{"to":"\\"ada lovelace\\"@example.com"}', '{"to":"<mail>"}'],
    ['%22ada%20lovelace%22%40example.com', '<mail>'],
    ['ada@[203.0.113.7]', '<mail>'],
    ['ada@[IPv6:2001:db8::7], and more', '<mail>, and more'],
    ['ada@[203.0.113.7', 'ada@[<ip>'],
    ['{"a":"b","@type":"c"}', '{"a":"b","@type":"c"}'],
    ['{"a":1,"@type":"c"}', '{"a":1,"@type":"c"}'],
    ['"it is" and "@type"', '"it is" and "@type"'],
    // As the documentation says, these end what stands before the address.
    ['ada,b@example.com ada;b@example.com ada:b@example.com', 'ada,<mail> ada;<mail> ada:<mail>'],
    ['ada?b@example.com ada|b@example.com ada%b@x.com', 'ada?<mail> ada|<mail> ada%<mail>'],
  ] as const) {
    test(message, () => assert.equal(plain(messageOf(message)), shown));
  }

  test('one in quotation marks has one pseudonym, and its name is a name elsewhere', () => {
    const email = '"ada lovelace"@example.com';
    const context = { email, message: `${email} is Ada Lovelace` };
    assert.deepEqual(everything.apply(safeEvent({ context })).context, {
      email: byA.of('person', email),
      message: `${byA.of('person', email)} is ${byA.of('person', 'ada lovelace')}`,
    });
  });

  test('time grows with the text', () => {
    const text = '"a@'.repeat(100_000);
    assert.equal(typeof messageOf(text), 'string');
  });
});

test('who is revealed may stand in a key', () => {
  const values: string[] = [];
  const context = { 'ada@example.com': { 'from 203.0.113.7': 1 }, plain: 2 };
  eachValue(safeEvent({ context }), [], (kind, value) => values.push(`${kind} ${value}`));
  assert.deepEqual(values, ['address 203.0.113.7', 'network 203.0.113.7', 'person ada@example.com']);
});
