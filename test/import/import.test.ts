import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importBlueprints } from '../../src/import/import.ts';

const binding = (policy: string, rest = ''): string =>
  `  - {model: authentik_policies.policybinding, identifiers: {order: 0, policy: !KeyOf ${policy}, target: !KeyOf r}${rest}}\n`;

const people = `
  - {model: authentik_core.group, id: parent, identifiers: {name: parent}, attrs: {users: []}}
  - {model: authentik_core.group, id: g, identifiers: {name: team}, attrs: {parents: [!KeyOf parent], users: [1, 2, 3]}}
  - {model: authentik_core.user, identifiers: {pk: 1}, attrs: {username: ada, email: ada@example.com}}
  - {model: authentik_core.user, identifiers: {pk: 2}, attrs: {username: bob, email: ""}}
  - {model: authentik_core.user, identifiers: {pk: 3}, attrs: {username: eve, email: eve@example.com, is_active: false}}
`;

/** The configuration and the report for people, one rule `r` and what is given. */
function convert(entries: string, rule = 'destination_group: !KeyOf g, transports: [!KeyOf t]') {
  const text = `version: 1\nentries:${people}${entries}  - {model: authentik_events.notificationrule, id: r, identifiers: {name: r}, attrs: {${rule}}}\n`;
  const [first = '', second = ''] = text.split('  - {model: authentik_events.notificationrule, id: r');
  const bindings = first
    .split('\n')
    .filter((line) => line.includes('policybinding'))
    .join('\n');
  const rest = first
    .split('\n')
    .filter((line) => !line.includes('policybinding'))
    .join('\n');
  const ordered = `${rest}  - {model: authentik_events.notificationrule, id: r${second}${bindings}\n`;
  const result = importBlueprints([{ name: 'b.yaml', text: ordered }], { env: undefined, file: undefined });
  assert.ok(result.ok, result.ok ? '' : result.problems[0]?.message);
  const told = (kind: string): string =>
    result.findings
      .filter((finding) => finding.kind === kind)
      .map(({ message }) => message)
      .join('\n');
  return { text: result.text, lost: told('lost'), notes: told('note') };
}

const hook = (rest: string): string =>
  `  - {model: authentik_events.notificationtransport, id: t, identifiers: {name: hook}, attrs: {webhook_url: "https://example.com/x", ${rest}}}\n`;
const chat = hook('mode: webhook_slack, send_once: true');

test('recipients are the direct members: a mail to those with an address, one chat message each or one for the first', () => {
  const mail = convert(hook('mode: email, email_subject_prefix: "[x] "'));
  assert.match(mail.text, /to:\n {6}- ada@example\.com\n {6}- eve@example\.com\n {4}subject_prefix: "\[x\] "/);
  assert.match(mail.notes, /user "bob" has no address[^]*user "eve" is inactive/);
  assert.match(convert(chat).text, /hook:\n {4}type: slack\n {4}compat: authentik\n {4}recipient: ada\n/);
  assert.match(convert(hook('mode: webhook_slack')).text, /hook \(ada\):[^]*hook \(bob\):[^]*hook \(eve\):/);
  assert.match(
    convert(hook('mode: webhook, send_once: true')).text,
    /recipient:\n {6}email: ada@example\.com\n {6}username: ada/,
  );
});

test('the old names of fields are taken', () => {
  const mapping =
    '  - {model: authentik_events.notificationwebhookmapping, id: m, identifiers: {name: m}, attrs: {expression: "return {\'a\': notification.event.action}"}}\n';
  const { text, lost } = convert(
    mapping + hook('mode: webhook, send_once: true, webhook_mapping: !KeyOf m'),
    'group: !KeyOf g, transports: [!KeyOf t]',
  );
  assert.match(text, /body:\n {6}a: \$\{event\.action\}/);
  assert.equal(lost, '');
});

test('who gets a mapped notification is known by name', () => {
  const mapping =
    "  - {model: authentik_events.notificationwebhookmapping, id: m, identifiers: {name: m}, attrs: {expression: \"return {'to': user.email, 'text': notification.body, 'link': '${env:X}'}\"}}\n";
  const { text } = convert(mapping + hook('mode: webhook, send_once: true, webhook_mapping_body: !KeyOf m'));
  assert.match(text, /to: ada@example\.com\n {6}text: \$\{body\}\n {6}link: \$\$\$\{env:X\}\n/);
});

test('group and user bindings count members of groups below, as authentik does', () => {
  const { text, notes } = convert(chat + binding('parent').replace('policy:', 'group:'));
  assert.match(
    text,
    /members of the group "parent"\n {6}- expression: event\.user\.\?pk\.orValue\(null\) in \[1, 2, 3\]/,
  );
  assert.match(notes, /members of the group "parent", and of the groups below it/);
  assert.match(
    convert(chat + binding('r').replace('policy: !KeyOf r', 'user: 2')).text,
    /expression: event\.user\.\?pk\.orValue\(null\) == 2/,
  );
});

test('a matcher that can match nothing is never widened', () => {
  const matcher = (attrs: string): string =>
    `  - {model: authentik_policies_event_matcher.eventmatcherpolicy, id: m, identifiers: {name: m}, attrs: {${attrs}}}\n`;
  const policy = (attrs: string): string =>
    /policies:\n {6}# .*\n {6}- ([^]*?)\n {4}destinations/.exec(
      convert(chat + matcher(attrs) + binding('m')).text,
    )?.[1] ?? '';
  assert.equal(policy('action: login'), 'action: login');
  assert.equal(policy('action: login, client_ip: 10.0.0.1, app: null'), 'action: login\n        client_ip: 10.0.0.1');
  assert.equal(policy('action: login, app: authentik.core'), 'expression: "false"');
  assert.equal(policy('client_ip: 10.0.0.0/8'), 'expression: "false"');
  assert.equal(policy('action: "model_*"'), 'expression: "false"');
  assert.equal(policy('action: ""'), 'expression: "false"');
  assert.equal(policy('execution_logging: true'), 'expression: "true"');
  const bad = convert(chat + matcher('query: "action >"') + binding('m'));
  assert.match(bad.lost, /its query says/);
  assert.match(bad.text, /LEFT OUT: the policy of order 0[^]*policies: \[\]/);
});

test('a binding to a rule of another file is told', () => {
  const { lost } = convert(
    `${chat}  - {model: authentik_policies.policybinding, identifiers: {order: 0, target: !Find [authentik_events.notificationrule, [name, other]]}}\n`,
  );
  assert.match(lost, /a binding not carried over: authentik_events\.notificationrule "other" is not in these files/);
});

test('what authentik delivers to nobody is switched off', () => {
  assert.match(convert(chat, 'transports: [!KeyOf t]').text, /nobody to notify[^]*enabled: false/);
  assert.match(convert(chat, 'destination_group: !KeyOf g').text, /has no transports[^]*enabled: false/);
});

test('comments cannot be broken out of, and names are made to fit', () => {
  const long = 'n'.repeat(300);
  const { text } = convert(
    `  - {model: authentik_events.notificationtransport, id: t, identifiers: {name: "a\\nrules: []\\u2028${long}"}, attrs: {mode: webhook_slack, send_once: true, webhook_url: "https://example.com/\${env:HOME}"}}\n`,
  );
  assert.equal(text.match(/^rules:/gm)?.length, 1);
  assert.match(text, /url: https:\/\/example\.com\/\$\$\{env:HOME\}/);
  assert.ok(text.split('\n').every((line) => line.startsWith('  #') || line.length < 200));
});
