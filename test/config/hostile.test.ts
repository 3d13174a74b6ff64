import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/core/errors.ts';
import { character } from '../support/character.ts';
import { kinds, surroundings } from './kinds.ts';
import { problemsOf, source } from './problems.ts';

test('an alias bomb is refused, not unfolded', () => {
  const levels = Array.from({ length: 12 }, (_, i) => `b${i + 1}: &b${i + 1} [${`*b${i}, `.repeat(9)}*b${i}]`);
  const problems = problemsOf(`b0: &b0 x\n${levels.join('\n')}\n${source}`);
  assert.ok(problems.some((problem) => problem.endsWith('too many values in one file (do aliases multiply them?)')));
});

const brackets = [
  ['[', ']'],
  ['{a: ', '}'],
] as const;

test('nesting without end is refused', () => {
  for (const [open, close] of brackets) {
    const text = `${source}destinations: {a: {type: hook, url: https://a, body: ${open.repeat(5000)}${close.repeat(5000)}}}\n`;
    const problems = problemsOf(text);
    assert.equal(problems.length, 1, problems.join('\n').slice(0, 300));
    assert.match(problems[0] ?? '', /nested too deeply/);
  }
});

test('a file of more than a megabyte is refused unread', () => {
  assert.deepEqual(problemsOf(`${source}# ${'ä'.repeat(512 * 1024)}\n`), ['c.yaml:1:1 the file is larger than 1 MiB']);
});

test('a broken file of a megabyte gives a list that a person can read', () => {
  assert.ok(problemsOf('a: "\n'.repeat(2000)).length <= 10);
  assert.ok(problemsOf(Array.from({ length: 3000 }, (_, i) => `k${i}: 1`).join('\n')).length <= 500);
});

test('many keys of one mapping are checked in linear time', () => {
  // The YAML library's own search for duplicates is quadratic, and would take minutes here.
  const keys = Array.from({ length: 20_000 }, (_, i) => `K${i}: v`).join(', ');
  assert.deepEqual(problemsOf(`${source}destinations: {a: {type: hook, url: https://a, headers: {${keys}}}}\n`), []);
});

test('no secret is ever part of a problem or a warning', () => {
  const secret = 'correct-horse-battery';
  const world = surroundings({ SECRET: secret, WITH_LINES: `${secret}\nsecond-line` }, { '/secret': `${secret}\n` });
  const references = ['${env:SECRET}', '${file:/secret}', '"x${env:SECRET}x"', '${env:WITH_LINES}'];
  const places = [
    (r: string) => `instance: [${r}]`,
    (r: string) => `authentik_url: ${r}`,
    (r: string) => `server: {listen: ${r}, token: 5, tokn: ${r}}`,
    (r: string) => `log: {level: ${r}}`,
    (r: string) => `redact: {patterns: ["(${r.replaceAll('"', '')}"], email_bodies: ${r}}`,
    (r: string) => `journal: {max_size: ${r}, retention: ${r}, when_full: ${r}}`,
    (r: string) => `destinations: {a: {type: hook, url: ${r}, level: ${r}, gzip: ${r}, every: ${r}}}`,
    (r: string) => `destinations: {a: {type: hook, url: "https://${r.replaceAll('"', '')}", body: broken}}`,
    (r: string) => `destinations: {a: {type: hook, url: "https://x", tls: {ca: ${r}}, proxy: ${r}, timeout: ${r}}}`,
    (r: string) => `destinations: {a: {type: mail, host: 5, password: ${r}, to: ${r}, tls: ${r}, port: ${r}}}`,
    () => `destinations: {a: {type: hook, url: https://${secret}.example.com, body: broken}}`,
    (r: string) =>
      `rules: [{name: a, severity: ${r}, mode: ${r}, destinations: [${r}], policies: [{expression: ${r}}]}]`,
    (r: string) =>
      `rules: [{name: a, destinations: [b], policies: [{expression: ${r}, client_ip: ${r}}, {client_ip: ${r}}]}]`,
  ];
  let said = 0;
  for (const place of places) {
    for (const reference of references) {
      try {
        loadConfig(`${source}${place(reference)}\n`, 'c.yaml', world, kinds);
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        said += error.problems.length;
        for (const problem of error.problems) {
          assert.ok(!/horse|second-line/.test(formatProblem(problem)), formatProblem(problem));
        }
      }
    }
  }
  assert.ok(said >= places.length * references.length);
});

test('a short text is not hidden, because it would make messages unreadable', () => {
  const text = `${source}destinations: {a: {type: hook, url: "https://x", headers: {A: "\${env:A}"}, body: broken}}\n`;
  assert.throws(() => loadConfig(text, 'c.yaml', surroundings({ A: 'n' }), kinds), /no such name in \*\*\*/);
});

test('a secret is hidden as it is and as JSON writes it', () => {
  const text = `${source}destinations: {a: {type: hook, url: 'https://x/a"b\\c', body: broken}}\n`;
  assert.deepEqual(problemsOf(text), ['c.yaml:2:62 destinations.a.body: no such name in ***']);
});

test('whatever the text, only a ConfigError is thrown', () => {
  const words = fc.constantFrom(
    ...'sources|destinations|rules|type|name|hook|pipe|tls|__proto__|constructor|<<|: |- |{|}|[|]|,|"|&a |*a|!!map |>|#|?|%'.split(
      '|',
    ),
    ..."\n|\n  |\n    |\t|\r\n|---\n|\ufeff|\u0000|${env:URL}|${env:|${file:/secret}|$${env:|1|.inf|null|true|'".split(
      '|',
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: character }),
        fc.array(words, { maxLength: 40 }).map((list) => list.join('')),
      ),
      (text) => {
        // problemsOf fails for anything that is no ConfigError.
        for (const line of problemsOf(text)) assert.match(line, /^c\.yaml:\d+:\d+ /);
      },
    ),
    { numRuns: 400, seed: 7 },
  );
});

test('whatever the value of a key, only a ConfigError is thrown', () => {
  const base: { readonly [key: string]: unknown } = {
    sources: [{ type: 'tail', paths: ['x'] }],
    rules: [{ name: 'a', destinations: ['b'], policies: [{ action: 'login' }] }],
    destinations: {
      b: { type: 'hook', url: 'https://b' },
      c: { type: 'mail', host: 'h', to: 'a@b', tls: { mode: 'none' } },
    },
    journal: {},
    server: {},
    redact: {},
  };
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(base)), fc.nat(5), fc.json({ maxDepth: 4 }), (section, depth, value) => {
      const text = JSON.stringify({ ...base, [section]: replaceAt(base[section], depth, JSON.parse(value)) });
      problemsOf(text);
    }),
    { numRuns: 150, seed: 7 },
  );
});

/** A copy in which the value that is reached by always taking the last one, `depth` times, is another one. */
function replaceAt(value: unknown, depth: number, by: unknown): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const last = keys.at(-1);
  if (last === undefined) return by;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key === last ? replaceAt(inner, depth - 1, by) : inner,
  ]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner as unknown) : Object.fromEntries(entries);
}
