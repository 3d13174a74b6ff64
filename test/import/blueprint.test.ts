import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importBlueprints, type Imported } from '../../src/import/import.ts';

/** Imports one blueprint whose one policy is the given YAML behind `name:`, and tells the value that its name got. */
function imported(entries: string, context = '{}'): Imported {
  const text = `version: 1\ncontext: ${context}\nentries:\n${entries}`;
  return importBlueprints([{ name: 'b.yaml', text }], {
    env: (name) => ({ SET: 'from-env', EMPTY: '' })[name],
    file: (path) => (path === '/there' ? ' from-file\n' : undefined),
  });
}

/** The name of the rule that a value makes. */
function nameFrom(value: string, context?: string): string {
  const result = imported(`  - model: authentik_events.notificationrule\n    identifiers: {name: ${value}}\n`, context);
  assert.ok(result.ok, result.ok ? '' : result.problems[0]?.message);
  return /- name: (.*)/.exec(result.text)?.[1] ?? '';
}

test('every tag has the meaning that authentik gives it', () => {
  const context = '{a: one, list: [x, y, z], map: {k: v, l: w}, none: null, inner: !Context a}';
  const table: readonly (readonly [string, string])[] = [
    ['!Context a', 'one'],
    ['!Context inner', 'one'],
    ['!Context [nowhere, other]', 'other'],
    ['!Env SET', 'from-env'],
    ['!Env [SET, other]', 'from-env'],
    ['!Env [UNSET, other]', 'other'],
    ['!Env [EMPTY, other]', 'other'],
    ['!File /there', 'from-file'],
    ['!File [/nowhere, other]', 'other'],
    ['!Format ["%s-%s-%%-%d", !Context a, !Env SET, 7]', 'one-from-env-%-7'],
    ['!Format ["%s %s", null, true]', 'None True'],
    ['!If [!Context a, yes-it-is, no-it-is-not]', 'yes-it-is'],
    ['!If [!Context nowhere, 1, !Format ["%s", b]]', 'b'],
    ['!If [!Condition [AND, true, 1, a], x, y]', 'x'],
    ['!If [!Condition [NAND, true, 0], x, y]', 'x'],
    ['!If [!Condition [OR, false, "", []], x, y]', 'y'],
    ['!If [!Condition [NOR, false, null], x, y]', 'x'],
    ['!If [!Condition [XOR, true, true, true], x, y]', 'x'],
    ['!If [!Condition [XNOR, true, false], x, y]', 'y'],
    ['!AtIndex [!Context list, 1]', 'y'],
    ['!AtIndex [!Context list, -1]', 'z'],
    ['!AtIndex [!Context list, 7, other]', 'other'],
    ['!AtIndex [!Context map, k]', 'v'],
    ['!AtIndex [!Enumerate [!Context list, SEQ, !Format ["%s%s", !Index 0, !Value 0]], 2]', '2z'],
    ['!AtIndex [!Enumerate [!Context map, MAP, [!Value 0, !Index 0]], w]', 'l'],
    [
      '!AtIndex [!AtIndex [!Enumerate [[a, b], SEQ, !Enumerate [[c, d], SEQ, !Format ["%s%s", !Value 1, !Value 0]]], 1], 0]',
      'bc',
    ],
    ['!AtIndex [!ParseJSON \'{"a": [1, "two"]}\', nowhere, other]', 'other'],
  ];
  for (const [value, wanted] of table) assert.equal(nameFrom(value, context), wanted, value);
});

test('YAML is read in version 1.1, with merge keys, aliases and sections', () => {
  const result = imported(`
  first:
    - &base
      model: authentik_events.notificationrule
      identifiers: &identifiers {name: first}
      attrs: {severity: warning}
  second:
    - <<: *base
      identifiers: {<<: *identifiers, name: second}
      attrs: {destination_event_user: yes, severity: alert}
`);
  assert.ok(result.ok);
  assert.match(
    result.text,
    /name: first\n {4}enabled: false\n {4}severity: warning[^]*name: second\n {4}enabled: false\n {4}severity: alert/,
  );
});

test('later entries change earlier ones, unless they only create or remove', () => {
  const rule = (state: string, severity: string): string =>
    `  - {model: authentik_events.notificationrule, state: ${state}, identifiers: {name: r}, attrs: {severity: ${severity}}}\n`;
  const text = (...entries: readonly string[]): string => {
    const result = imported(entries.join(''));
    assert.ok(result.ok);
    return result.text;
  };
  assert.match(text(rule('present', 'notice'), rule('present', 'alert')), /severity: alert/);
  assert.match(text(rule('present', 'notice'), rule('created', 'alert')), /severity: notice/);
  assert.match(text(rule('present', 'notice'), rule('absent', 'alert')), /rules: \[\]/);
  assert.match(
    text(`  - {model: authentik_events.notificationrule, conditions: [!Context nowhere], identifiers: {name: r}}\n`),
    /rules: \[\]/,
  );
});

test('what is no blueprint is refused with its place', () => {
  const rule = (rest: string): string => `  - model: authentik_events.notificationrule\n    ${rest}\n`;
  const table: readonly (readonly [string, RegExp, string])[] = [
    [
      rule('id: a\n    identifiers: {name: !KeyOf b}') + rule('id: b\n    attrs: {name: !KeyOf a}'),
      /!KeyOf goes in a circle: a → b → a/,
      '9:19',
    ],
    [rule('id: a\n    identifiers: {name: !KeyOf a}'), /!KeyOf goes in a circle: a → a/, '6:25'],
    [rule('identifiers: {name: !KeyOf b}'), /no entry has the id "b"/, '5:25'],
    [rule('identifiers: {name: !Python x}'), /authentik has no tag !Python/, '5:25'],
    [rule('identifiers: {name: !Format x}'), /!Format stands before a list/, '5:25'],
    [rule('identifiers: {name: !Format ["%s %s", x]}'), /a value is missing/, '5:25'],
    [rule('identifiers: {name: !Format ["%s", x, y]}'), /more values than places/, '5:25'],
    [rule('identifiers: {name: !Value 0}'), /there are not 0 !Enumerate around/, '5:25'],
    [rule('identifiers: {name: !Enumerate [!Value 0, SEQ, x]}'), /there are not 0 !Enumerate around/, '5:37'],
    [rule('identifiers: {name: !Condition [AND]}'), /at least one value/, '5:25'],
    [rule('identifiers: {name: !AtIndex [[a], 3]}'), /there is no 3/, '5:25'],
    [
      rule('identifiers: {name: !If [!Find [authentik_core.user, [pk, 1]], a, b]}'),
      /depends on a key of authentik's database/,
      '5:30',
    ],
    [rule('identifiers: [name'), /not valid YAML/, '6:1'],
    [rule(`identifiers: {name: ${'['.repeat(80)}${']'.repeat(80)}}`), /nested too deeply/, '5:82'],
  ];
  for (const [entries, message, place] of table) {
    const result = imported(entries);
    assert.ok(!result.ok, entries);
    const [problem] = result.problems;
    assert.match(problem?.message ?? '', message);
    assert.equal(`${problem?.at.line}:${problem?.at.column}`, place, entries);
  }
});

test('a file that is something else is refused', () => {
  const refuse = (text: string): string => {
    const result = importBlueprints([{ name: 'b.yaml', text }], { env: undefined, file: undefined });
    return result.ok ? 'taken' : (result.problems[0]?.message ?? '');
  };
  assert.match(refuse(''), /the file is empty/);
  assert.match(refuse('[1, 2]'), /expected a blueprint/);
  assert.match(refuse('version: 1'), /"entries" is missing/);
  assert.match(refuse('version: 2\nentries: []'), /blueprints of version 2/);
  assert.match(refuse(`a: ${'x'.repeat(1024 * 1024)}`), /larger than 1 MiB/);
  const bomb = Array.from(
    { length: 9 },
    (_, at) => `a${at}: &a${at} [${Array.from({ length: 9 }, () => (at === 0 ? 'x' : `*a${at - 1}`)).join()}]`,
  );
  assert.match(refuse(bomb.join('\n')), /more than 100000 values/);
  assert.match(
    refuse(
      'version: 1\ncontext: {a: !Context b, b: !Context a}\nentries: [{model: authentik_events.notificationrule, identifiers: {name: !Context a}}]',
    ),
    /goes in a circle/,
  );
});

test('the environment and files are read only when that is allowed, and all places are told at once', () => {
  const text = 'version: 1\nentries:\n  - {model: x, attrs: {a: !Env A, b: !File /etc/passwd}}\n';
  const result = importBlueprints([{ name: 'b.yaml', text }], { env: undefined, file: undefined });
  assert.ok(!result.ok);
  assert.deepEqual(
    result.problems.map(({ at, message }) => `${at.file}:${at.line}:${at.column} ${message}`),
    [
      'b.yaml:3:27 !Env reads the environment: allow it with --allow-env',
      'b.yaml:3:38 !File reads a file: allow it with --allow-file',
    ],
  );
});
