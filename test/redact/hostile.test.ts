import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyRule } from '../../src/redact/key-rule.ts';
import { layersMax } from '../../src/redact/layers.ts';
import { createRedactor } from '../../src/redact/redactor.ts';
import { redactText, createTextRedactor } from '../../src/redact/text.ts';
import { safeEvent } from '../support/events.ts';
import { growthOf, type Growth, type Work } from './growth.ts';
import { lookupCounter } from './lookups.ts';

// prettier-ignore
const units: readonly string[] = [
  'a', '=', ':', 'token=', 'token: ', 'state:', 'state="', "'token': '", '"token": [', 'token=(', 'password: ',
  'token=a&b',
  '%', '%25', '%2525', '%3D', '\\', '\\"', '&amp;', '&#', '&quot;token&quot;: &quot;', '%u', '%zz',
  '://', 'a://b:', 'a://b:c@', 'http://a:b', '[redacted:', '[redacted:key]', '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  'Bearer ', 'eyJ', 'eyJa', 'code 1234 ', '1 ', '\n  token: |\n   ', 'webhook=a://x/ ', 'use-token/',
  'services/T/B/',
  'hooks/', 'bot1234567:', "('token', '", '<token>', '--token ', 'SG.', 'Cookie: "', '"', "'''", '{', '[',
  '\u0000', '\ud800', '💥',
  "'locals': {", "{'value': '", '{"name":"x","value":', '<saml:Assertion', '<saml:Assertion></saml:Assertion>', 'PD94bWwg', 'PD94bWwg+/=',
  '4111 1111 1111 1111 ', '4111-', '5500000000000004', '12345678:AA', 'abQ8Q~', '8Q~', 'PuTTY-User-Key-File:', '1234 is your ', 'triggers/T',
  'password=T(', "password=T('", 'token=T[', 'token={', 'token={"', 'token=<A ', 'token=`', '`', 'token=a\n(', 'token\n=\n', 'T(\n',
  'Aa1'.repeat(20) + ' ', '<a:', '-----BEGIN PGP PRIVATE KEY BLOCK-----',
  'state:1', "'value': {", '&co', ' code is a 1234',
  '$', '$6$a', '$6$a$', 'pbkdf2_sha256$', '$argon2id$a', '">', '<a b="c">', '<password a="b">', '<password><![CDATA[', 'password==', 'token:=',
  'ａ', '（', 'a令', '令牌ghp_', 'MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.', 'MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.abcdef.', 'eyAi', 'ewog.', '-----BEGIN+',
];

test('hostile texts never throw', () => {
  for (const unit of units) assert.equal(typeof redactText(unit.repeat(3000)), 'string', unit);
});

test('the work grows with the length of the text, not with its square', () => {
  const counted = lookupCounter(false);
  const lookups = (unit: string, times: number): number => counted(unit.repeat(times)).asked;
  for (const unit of units) {
    const once = lookups(unit, 1000);
    assert.ok(lookups(unit, 8000) <= 8 * once + 64, unit);
    // Two for a code with a word before it, in each layer.
    assert.ok(once <= 2 * 1000 * unit.length * (layersMax + 1), unit);
  }
});

const kibibyte = 1024;

/** Below this the clock and the collector are what is measured. */
const noiseMs = 5;

const isLinear = ({ smallMs, largeMs }: Growth): boolean => largeMs < 6 * smallMs + noiseMs;

interface UnitGrowth extends Growth {
  readonly unit: string;
}

/** What 64 KiB and 256 KiB of a unit take. */
function growth(unit: string, redact: (text: string) => string): UnitGrowth {
  const work = (size: number, runs: number): Work => {
    const text = unit.repeat(Math.floor((size * kibibyte) / unit.length));
    return { run: () => void redact(text), runs };
  };
  return { unit, ...growthOf(work(64, 4), work(256, 1), isLinear) };
}

function assertLinear({ unit, ...of }: UnitGrowth): void {
  assert.ok(isLinear(of), `${unit}: ${of.smallMs}, ${of.largeMs} ms`);
}

test('four times the text takes less than six times as long', (context) => {
  const texts = createTextRedactor(createKeyRule([]), [], false);
  const all = units.map((unit) => growth(unit, (text) => texts.redact(text, new Map())));
  const slowest = all.toSorted((a, b) => b.largeMs - a.largeMs)[0] ?? assert.fail();
  const steepness = ({ smallMs, largeMs }: UnitGrowth): number => largeMs / smallMs;
  const steepest = all.toSorted((a, b) => steepness(b) - steepness(a))[0] ?? assert.fail();
  context.diagnostic(`slowest 256 KiB: ${slowest.largeMs.toFixed(1)} ms, of ${JSON.stringify(slowest.unit)}`);
  context.diagnostic(`steepest: ${steepness(steepest).toFixed(2)} times, of ${JSON.stringify(steepest.unit)}`);
  for (const one of all) assertLinear(one);
});

test('so do the string literals of source code', () => {
  const texts = createTextRedactor(createKeyRule([]), [], false);
  for (const unit of ['"name" ', "x = 'a://b'\n", '"a:', "'''", '\\"', '# "name" ', "# don't "]) {
    assertLinear(growth(unit, (text) => texts.redactSource(text, new Map())));
  }
});

test('an event with 4 MiB of hostile text is redacted within what its limits allow', (context) => {
  const redactor = createRedactor({ keys: [], patterns: [], emailBodies: 'drop' });
  const times = units.map((unit) => {
    const text = unit.repeat(Math.floor((256 * kibibyte) / unit.length));
    // A mebibyte is no short piece of work.
    const work = (count: number): Work => {
      const event = safeEvent({ context: { messages: Array.from({ length: count }, () => text) } });
      return { run: () => void redactor.redact(event), runs: 1 };
    };
    return { unit, ...growthOf(work(4), work(16), isLinear, 1) };
  });
  const ordered = times.toSorted((a, b) => a.largeMs - b.largeMs);
  const median = ordered[Math.floor(ordered.length / 2)];
  const slowest = ordered.at(-1);
  context.diagnostic(
    `4 MiB: median ${median?.largeMs.toFixed(1)} ms, at most ${slowest?.largeMs.toFixed(1)} ms, of ${JSON.stringify(slowest?.unit)}`,
  );
  for (const one of times) assertLinear(one);
});
