import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { classifyReply, describeReply, retryAfterMs, shortText } from '../../src/net/classify.ts';
import { failureOf } from '../../src/net/failure.ts';
import type { HttpReply } from '../../src/net/http.ts';
import { scrub } from '../../src/net/scrub.ts';
import { character } from '../support/character.ts';

const nowMs = Date.UTC(2026, 0, 15, 12, 0, 0);

function reply(status: number, headers: { readonly [name: string]: string } = {}, body = ''): HttpReply {
  return { kind: 'reply', status, headers, body };
}

describe('what an answer means', () => {
  for (const status of [200, 201, 202, 204, 299]) {
    test(`${status} is delivered`, () => {
      assert.deepEqual(classifyReply(reply(status), nowMs), { status: 'delivered' });
    });
  }

  for (const [status, reason] of [
    [301, 'redirect'],
    [308, 'redirect'],
    [400, 'invalid'],
    [404, 'not_found'],
    [405, 'invalid'],
    [410, 'not_found'],
    [413, 'too_large'],
    [422, 'invalid'],
  ] as const) {
    test(`${status} is rejected as ${reason}`, () => {
      const expected = { status: 'rejected', reason, detail: `HTTP ${status}` };
      assert.deepEqual(classifyReply(reply(status), nowMs), expected);
    });
  }

  for (const [status, reason] of [
    [408, 'timeout'],
    [425, 'unavailable'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ] as const) {
    test(`${status} is tried again as ${reason}, when the service says so`, () => {
      const detail = `HTTP ${status}`;
      assert.deepEqual(classifyReply(reply(status), nowMs), { status: 'retry', reason, detail });
      const withHeader = classifyReply(reply(status, { 'retry-after': '7' }), nowMs);
      assert.deepEqual(withHeader, { status: 'retry', reason, detail, afterMs: 7000 });
    });
  }

  test('401 and 403 are held and asked again slowly', () => {
    for (const status of [401, 403]) {
      const expected = { status: 'retry', reason: 'unauthorized', afterMs: 120_000, detail: `HTTP ${status}` };
      assert.deepEqual(classifyReply(reply(status), nowMs), expected);
    }
  });

  test('413 of a batch asks for smaller ones', () => {
    const expected = { status: 'retry', reason: 'too_large', split: true, detail: 'HTTP 413' };
    assert.deepEqual(classifyReply(reply(413), nowMs, 2), expected);
  });

  test('no answer is tried again', () => {
    const failure = { kind: 'failure', reason: 'refused', detail: 'ECONNREFUSED' } as const;
    assert.deepEqual(classifyReply(failure, nowMs), { status: 'retry', reason: 'refused', detail: 'ECONNREFUSED' });
  });

  test('the detail is one short line', () => {
    const body = `{"error":\n  "no\u001b[31m such\u202e field"}${'x'.repeat(1000)}`;
    const result = classifyReply(reply(400, {}, body), nowMs);
    assert.ok(result.status === 'rejected');
    assert.match(result.detail ?? '', /^HTTP 400: \{"error": "no‹U\+001B›\[31m such‹U\+202E› field"\}x+…$/);
    assert.ok((result.detail ?? '').length < 230);
  });

  test('the detail holds no credential', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
    const result = classifyReply(reply(400, {}, `token ${jwt} is expired`), nowMs);
    assert.ok(result.status === 'rejected');
    assert.doesNotMatch(result.detail ?? '', /eyJ/);
  });

  test('every status has a meaning', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 999 }), fc.string(), (status, body) => {
        const result = classifyReply(reply(status, {}, body), nowMs);
        assert.equal(result.status === 'delivered', status < 300);
      }),
      { numRuns: 300, seed: 12 },
    );
  });
});

test('the code of an error is told, not taken for a credential', () => {
  const told = (body: string): string => describeReply(reply(401, {}, body));
  const error = '{"error":{"code":"DirectApiAuthorizationRequired","message":"The request must be authenticated."}}';
  assert.equal(told(error), 'HTTP 401: DirectApiAuthorizationRequired The request must be authenticated.');
  assert.equal(told('{"error":{"code":"InvalidToken"}}'), 'HTTP 401: InvalidToken');
  assert.doesNotMatch(told('{"code":"4f6a0c1e8b2d4f7390a1c5e7b9d3f208"}'), /4f6a0c/);
});

describe('Retry-After', () => {
  for (const [header, expected] of [
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['5 minutes', undefined],
    ['0', 0],
    ['1.5', 1500],
    [' 120 ', 120_000],
    ['999999999', 3_600_000],
    ['Thu, 15 Jan 2026 12:01:30 GMT', 90_000],
    ['Thursday, 15-Jan-26 12:01:30 GMT', 90_000],
    ['Thu Jan 15 12:01:30 2026 GMT', 90_000],
    ['Thu, 15 Jan 2026 11:59:00 GMT', 0],
    ['Fri, 16 Jan 2026 12:00:00 GMT', 3_600_000],
  ] as const) {
    test(`${JSON.stringify(header)} is ${expected}`, () => {
      assert.equal(retryAfterMs(header, nowMs), expected);
    });
  }
});

describe('what an error is', () => {
  const coded = (code: string, options?: ErrorOptions): Error =>
    Object.assign(new Error('connect 203.0.113.9:443', options), { code });

  for (const [error, reason, detail] of [
    [coded('ECONNREFUSED'), 'refused', 'ECONNREFUSED'],
    [coded('ENOTFOUND'), 'dns', 'ENOTFOUND'],
    [coded('UND_ERR_CONNECT_TIMEOUT'), 'timeout', 'UND_ERR_CONNECT_TIMEOUT'],
    [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'tls', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
    [coded('HPE_INVALID_CONSTANT'), 'protocol', 'HPE_INVALID_CONSTANT'],
    [coded('UND_ERR_SOCKET', { cause: coded('ECONNRESET') }), 'reset', 'ECONNRESET'],
    [coded('UND_ERR_PRX_CONN', { cause: coded('WHATEVER') }), 'refused', 'UND_ERR_PRX_CONN'],
    [new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), 'refused', 'ECONNREFUSED'],
    [new Error('connect 203.0.113.9:443'), 'protocol', 'no code'],
    ['text', 'protocol', 'no code'],
  ] as const) {
    test(`${detail} of ${String(error)} is ${reason}`, () => {
      assert.deepEqual(failureOf(error), { kind: 'failure', reason, detail });
    });
  }

  test('a cause that points back at itself ends', () => {
    const error = coded('WHATEVER');
    error.cause = error;
    assert.equal(failureOf(error).reason, 'protocol');
  });
});

describe('scrubbing', () => {
  test('takes nothing that the request did not hold', () => {
    const text = 'POST application/json to Cannot: 400, x=1';
    assert.equal(scrub(text, new URL('https://h/?x=1'), { 'content-type': 'application/json' }), text);
  });

  test('finds decoded and encoded forms, and a lone percent sign harms nothing', () => {
    const url = new URL('https://h/100%/hook/a%2Fsecret%2Ftoken?k=v%20alue-alue');
    const text = scrub('no a/secret/token, no a%2Fsecret%2Ftoken, no v alue-alue, no v%20alue-alue', url, {});
    assert.doesNotMatch(text, /secret|alue-alue/);
  });
});

describe('scrubbing finds a secret', () => {
  const token = 'zk/Qp+TT/91x8="<7yz';
  const json = JSON.stringify(token).slice(1, -1);
  const html = token.replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const url = encodeURIComponent(token);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  for (const [how, echoed] of [
    ['as it is', token],
    ['in JSON', json],
    ['in JSON that escapes slashes', json.replaceAll('/', String.raw`\/`)],
    [
      'in JSON that escapes what HTML knows',
      json.replaceAll('<', String.raw`\u003c`).replaceAll('+', String.raw`\u002B`),
    ],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(token))],
    ['in HTML', html],
    ['in HTML with numbers', token.replaceAll(/\W/g, (char) => `&#${char.charCodeAt(0)};`)],
    ['in HTML with hexadecimal numbers', token.replaceAll(/\W/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`)],
    ['in HTML twice', html.replaceAll('&', '&amp;')],
    ['in a URL', url],
    ['in a URL in lower case', url.replaceAll(/%../g, (escape) => escape.toLowerCase())],
    ['in a URL twice', encodeURIComponent(url)],
    ['in a URL in JSON in HTML', JSON.stringify(url.replaceAll('/', String.raw`\/`)).replaceAll('"', '&quot;')],
    ['read as a form', token.replaceAll('+', ' ')],
    ['behind a percent sign', `100%${token}`],
    ['in Base64', base64(token)],
    ['in the middle of Base64', base64(`{"authorization": "Bearer ${token}", "x": 1}`)],
    ['in Base64 for URLs', Buffer.from(`?${token}?>`).toString('base64url')],
    ['in Base64 behind a word', `x/${base64(token)}`],
    ['in Base64 in JSON that escapes slashes', base64(`??>${token}`).replaceAll('/', String.raw`\/`)],
  ] as const) {
    test(how, () => {
      const scrubbed = scrub(`before ${echoed} after`, new URL('https://h/'), { 'x-token': token });
      assert.match(scrubbed, /^before (?:100%|.{0,2}"?&?(?:quot;)?)?\*\*\*.{0,8} after$/);
    });
  }

  test('that only its user-info or its Basic authentication holds', () => {
    const headers = { authorization: `Basic ${base64('ann:pass:w+rd')}` };
    assert.equal(scrub('not pass:w+rd', new URL('https://h/'), headers), 'not ***');
    assert.equal(scrub('not p4ss+x, p4ss%2bx', new URL('https://u:p4ss%2Bx@h/'), {}), 'not ***, ***');
  });

  test('in the path and the query, however they are written', () => {
    const address = new URL('https://hooks.example/services/T0/abc%2Fdef12345?sig=AbC%2BdEf%3D%3D12345');
    for (const echoed of [
      '/services/T0/abc%2Fdef12345',
      'abc/def12345',
      String.raw`abc\/def12345`,
      'AbC%2bdEf%3d%3d12345',
    ])
      assert.equal(scrub(`no ${echoed} here`, address, {}), 'no *** here');
    assert.equal(scrub(`no ${base64(address.pathname)} here`, address, {}), 'no *** here');
  });
});

test('scrubbing leaves JSON what it is', () => {
  const token = 'zk/Qp+TT/"91x8';
  const body = JSON.stringify({ error: { message: `bad token ${token}`, code: 'E1' } }).replaceAll('/', String.raw`\/`);
  const scrubbed = scrub(body, new URL('https://h/'), { 'x-token': token });
  assert.deepEqual(JSON.parse(scrubbed), { error: { message: 'bad token ***', code: 'E1' } });
});

test('short text of any answer shows no control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 400 }), (text) => {
      assert.doesNotMatch(shortText(text), /[\p{Cc}\u202e]/u);
    }),
    { numRuns: 300, seed: 12 },
  );
});
