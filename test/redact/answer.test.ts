import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withoutQuotes } from '../../src/redact/view/answer.ts';
import { safeEvent } from '../support/events.ts';

const event = safeEvent({
  action: 'login_failed',
  user: { username: 'ada.lovelace', email: 'ada.lovelace@example.com', pk: 6 },
  client_ip: '203.0.113.7',
  context: {
    username: 'grace.hopper',
    http_request: {
      method: 'POST',
      path: '/api/v3/x/',
      user_agent: 'Mozilla/5.0 "(X11)"',
      args: { hint: 'Gräfin Ünal' },
    },
    message: 'came from bob@example.org at 2001:db8::7',
    application: { app: 'authentik_core', model_name: 'application', name: 'Wiki of the board' },
    tags: ['quarterly'],
    'ada.king@example.com': { 'to 198.51.100.9': true },
    note: 'A very private text. Nobody reads it "twice"',
    people: [{ username: '田中' }, { username: '2026' }, { username: 'ingrid' }],
  },
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Another writing, as whoever shows answers may have one. */
const bracketed = (value: string): readonly string[] => [`<${value}>`];

describe('an answer keeps its words and loses what it quotes of the event', () => {
  for (const [answer, shown] of [
    [
      "HTTP 400: mapper_parsing_exception: failed to parse field [user.name] of type [long]. Preview of field's value: 'ada.lovelace'",
      "HTTP 400: mapper_parsing_exception: failed to parse field [user.name] of type [long]. Preview of field's value: '[hidden]'",
    ],
    ['no ADA.LOVELACE@example.com, no grace.hopper', 'no [hidden], no [hidden]'],
    ['HTTP 400: {"client_ip":"203.0.113.7"}', 'HTTP 400: {"client_ip":"[hidden]"}'],
    [String.raw`{\"ua\": \"Mozilla/5.0 \\\"(X11)\\\"\"}`, String.raw`{\"ua\": \"[hidden]\"}`],
    ['query ada.lovelace%40example.com', 'query [hidden]'],
    ['Gr%C3%A4fin+%C3%9Cnal', '[hidden]'],
    ['bob@example.org from 2001:db8::7', '[hidden] from [hidden]'],
    ['Wiki of the board has no quarterly', '[hidden] has no [hidden]'],
    ['HTTP 400: value was grace.ho…', 'HTTP 400: value was [hidden]…'],
    ['HTTP 400: value was at 2001:db…', 'HTTP 400: value was at [hidden]…'],
    ['HTTP 400: the request was far too lo…', 'HTTP 400: the request was far too lo…'],
    ["'ada.lovel...' too long, 'A very private text … ...' too", "'[hidden]...' too long, '[hidden] … ...' too"],
    ["'ADA....', 'A very private text....'", "'[hidden]....', '[hidden]....'"],
    [String.raw`\"Nobody\": \"A very private text. Nobody reads it \\\"tw...`, String.raw`\"Nobody\": \"[hidden]...`],
    ['?note=A%20very%20priv...&from=%22ada.lo...', '?note=[hidden]...&from=%22[hidden]...'],
    ['Loading... ad... ada.. in...', 'Loading... ad... ada.. in...'],
    ['no field [context.ada.king@example.com.to 198.51.100.9]', 'no field [context.[hidden].to [hidden]]'],
    ['田中 since 2026-01-15', '[hidden] since 2026-01-15'],
    ['no <ADA.LOVELACE>, no <tw', 'no [hidden], no <tw'],
    ['no <grace.ho...', 'no [hidden]...'],
    [`HTTP 400: cannot read ${base64('{"user":"ada.lovelace"}')}`, 'HTTP 400: cannot read [hidden]'],
    [`/in/${base64('{"user":"ada.lovelace"}')}?x`, '[hidden]?x'],
    [`"${base64('a very private text. Nobody').slice(0, 20)}…"`, '"[hidden]…"'],
    [
      `mapper_parsing_exception ${base64('grace, not of these')}`,
      `mapper_parsing_exception ${base64('grace, not of these')}`,
    ],
    ['HTTP 404: no POST for a user of pk 6, metadata', 'HTTP 404: no POST for a user of pk 6, metadata'],
    ['connect ECONNREFUSED', 'connect ECONNREFUSED'],
  ] as const) {
    test(answer, () => {
      assert.equal(withoutQuotes(answer, [safeEvent(), event], bracketed), shown);
    });
  }
});
