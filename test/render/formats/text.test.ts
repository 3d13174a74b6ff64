import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatText } from '../../../src/render/formats/format.ts';
import { formatInput } from '../../support/format-inputs.ts';
import { hostileEvent, hostileText } from '../../support/hostile-events.ts';
import { parseCef, parseLeef } from '../../support/text-formats.ts';
import { event } from '../events.ts';

/** Anything that ends a line somewhere, hides or turns text, or is half a character. */
const forbidden = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

describe('cef', () => {
  test('no event forges a line, a header or a key', () => {
    fc.assert(
      fc.property(hostileEvent, hostileText, (made, rule) => {
        const text = formatText('cef', { ...formatInput(made), rule });
        assert.doesNotMatch(text, forbidden);
        const { header, fields } = parseCef(text);
        assert.equal(header.length, 7);
        assert.deepEqual(header.slice(0, 4), ['CEF:0', 'goauthentik', 'authentik', '0.1.0']);
        assert.equal(header[6], '3');
        for (const [key, value] of fields) {
          assert.match(key, cefKeys);
          assert.ok(value.length <= 4000, key);
        }
        assert.equal(fields.get('externalId'), `${made.id}00c0ffee`);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  test('what is escaped is read back as it was', () => {
    const facts = { user: { username: 'a=b\\c|d', pk: 1 }, domain_url: 'x'.repeat(300), action: 'custom_a|b\\c' };
    const { header, fields } = parseCef(
      formatText('cef', formatInput(event({ ...facts, context: { reason: 'one\ntwo' } }))),
    );
    assert.equal(header[4], 'custom_a|b\\c');
    assert.equal(fields.get('suser'), 'a=b\\c|d');
    assert.equal(fields.get('reason'), 'one\ntwo');
    assert.equal(fields.get('dvchost')?.length, 100);
  });

  test('an address has the key of its family', () => {
    const fields = (client_ip: string): ReadonlyMap<string, string> =>
      parseCef(formatText('cef', formatInput(event({ client_ip })))).fields;
    assert.equal(fields('192.0.2.1').get('src'), '192.0.2.1');
    assert.equal(fields('2001:db8::1').get('c6a2'), '2001:db8::1');
    assert.equal(fields('no address').get('src'), undefined);
  });
});

describe('leef', () => {
  test('no event forges a line, a header or a key', () => {
    fc.assert(
      fc.property(hostileEvent, hostileText, (made, rule) => {
        const text = formatText('leef', { ...formatInput(made), rule });
        assert.doesNotMatch(text, forbidden);
        const { header, fields } = parseLeef(text);
        assert.deepEqual(header.slice(0, 4), ['LEEF:2.0', 'goauthentik', 'authentik', '0.1.0']);
        for (const key of fields.keys()) assert.match(key, leefKeys);
        assert.equal(fields.get('deliveryId'), `${made.id}.00c0ffee`);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  test('delimiters have look-alikes, and the time its format', () => {
    const { header, fields } = parseLeef(
      formatText('leef', formatInput(event({ action: 'custom_a|b^c', user: { username: 'a^b=c|d', pk: 1 } }), 'alert')),
    );
    assert.equal(header[4], 'custom_a¦bˆc');
    assert.equal(fields.get('usrName'), 'aˆb=c|d');
    assert.equal(fields.get('devTime'), '2026-01-15T09:03:48.859+0000');
    assert.equal(fields.get('sev'), '8');
  });
});

const cefKeys =
  /^(?:rt|externalId|msg|cat|act|outcome|reason|suser|suid|duser|duid|src|shost|slat|slong|requestMethod|request|requestClientApplication|destinationServiceName|dvchost|deviceExternalId|sourceServiceName|(?:c6a2|cs[1-6]|cn1|flexString[12])(?:Label)?)$/;
const leefKeys =
  /^(?:devTime|devTimeFormat|cat|sev|usrName|src|srcName|identHostName|realm|policy|resource|url|msg|deliveryId|eventId|outcome|reason|userId|userEmail|targetUser|targetUserId|objectType|application|authMethod|requestMethod|userAgent|requestId|place|asn|asnOrg|pod|instance|changes|context)$/;
