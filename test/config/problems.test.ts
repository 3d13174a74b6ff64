import { source, testProblems } from './problems.ts';

testProblems([
  [
    'empty',
    '',
    [
      'c.yaml:1:1 the file is empty ("herald example" prints one to start from)',
      'c.yaml:1:1 sources: required: a list with at least one source',
    ],
  ],
  [
    'no mapping',
    '- a\n',
    [
      'c.yaml:1:1 expected a mapping with "sources", "rules" and "destinations"',
      'c.yaml:1:1 sources: required: a list with at least one source',
    ],
  ],
  [
    'unknown section',
    `${source}destination: {}\nwindows: 1\n`,
    [
      'c.yaml:2:1 destination: unknown key (did you mean "destinations"?)',
      'c.yaml:3:1 windows: unknown key; known here: instance, authentik_url, sources, redact, journal, include, rules, silences, destinations, server, log',
    ],
  ],
  ['no sources', 'sources: []\n', ['c.yaml:1:10 sources: at least one source is needed']],
  [
    'sources as a mapping',
    'sources: {type: pipe}\n',
    ['c.yaml:1:10 sources: expected a list: start each source with "- type: …"'],
  ],
  [
    'an unknown source type',
    'sources:\n  - type: pip\n  - type: kafka\n  - name: x\n  - pipe\n',
    [
      'c.yaml:2:11 sources[0].type: unknown type (did you mean "pipe"?)',
      'c.yaml:3:11 sources[1].type: unknown type; known: tail, pipe',
      'c.yaml:4:5 sources[2].type: required (one of tail, pipe)',
      'c.yaml:5:5 sources[3]: expected a mapping with a "type": tail, pipe',
    ],
  ],
  [
    'the same source name twice',
    'sources:\n  - type: pipe\n  - type: pipe\n  - {type: pipe, name: a}\n  - {type: tail, name: a, paths: [x]}\n',
    [
      'c.yaml:3:5 sources[1].name: the name "pipe" is taken by the source of line 2: give this one a "name"',
      'c.yaml:5:24 sources[3].name: the name "a" is taken by the source of line 4: give this one a "name"',
    ],
  ],
  [
    'wrong options of a source',
    'sources:\n  - type: tail\n    path: [a]\n    start_at: start\n    max_line: 4Mb\n',
    [
      'c.yaml:3:5 sources[0].path: unknown key (did you mean "paths"?)',
      'c.yaml:4:15 sources[0].start_at: not one of end, beginning',
      'c.yaml:5:15 sources[0].max_line: not a size: write it as 64KiB, 256MiB or a number of bytes',
    ],
  ],
  [
    'wrong types',
    'sources:\n  - {type: tail, paths: /var/log/a.log}\n  - {type: tail, name: b, paths: [1, true, ""]}\n  - {type: tail, name: c, paths: []}\n',
    [
      'c.yaml:2:25 sources[0].paths: expected a list, found a text',
      'c.yaml:3:35 sources[1].paths[0]: expected a text, found a number: put it in quotes',
      'c.yaml:3:38 sources[1].paths[1]: expected a text, found true: put it in quotes',
      'c.yaml:3:44 sources[1].paths[2]: must not be empty',
      'c.yaml:4:34 sources[2].paths: at least one is needed',
    ],
  ],
  [
    'rules',
    `${source}rules:
  - name: a
    severity: critical
    destinations: [inbox, inbxo, terminal]
  - name: b
    polices: []
    destinations: inbox
  - destinations: []
  - name: c
    mode: every
    policies: [{actoin: login}, {expression: "event.nope ==", negate: "yes"}]
    destinations: [inbox]
destinations:
  inbox: {type: print}
`,
    [
      'c.yaml:4:15 rules[0].severity: not one of notice, warning, alert',
      'c.yaml:5:27 rules[0].destinations[1]: no such destination (did you mean "inbox"?)',
      'c.yaml:5:34 rules[0].destinations[2]: no such destination; known: inbox',
      'c.yaml:7:5 rules[1].polices: unknown key (did you mean "policies"?)',
      'c.yaml:8:19 rules[1].destinations: expected a list, found a text',
      'c.yaml:9:5 rules[2].name: required (a text)',
      'c.yaml:9:19 rules[2].destinations: at least one is needed',
      'c.yaml:11:11 rules[3].mode: not one of any, all',
      'c.yaml:12:17 rules[3].policies[0].actoin: unknown key (did you mean "action"?)',
      'c.yaml:12:71 rules[3].policies[1].negate: expected true or false, found a text',
    ],
  ],
  [
    'rules as a mapping',
    `${source}rules: {name: a}\n`,
    ['c.yaml:2:8 rules: expected a list: start each rule with "- name: …"'],
  ],
  [
    'sections',
    `${source}journal: {path: "", retention: 5s, max_size: 1KiB, when_full: drop}\nserver: {listen: 9380, token: short}\nlog: debug\nredact: {patterns: ["(", 'a(?=b)'], email_bodies: drp}\nauthentik_url: auth.example.com\ninstance:\n`,
    [
      'c.yaml:2:17 journal.path: must not be empty',
      'c.yaml:2:63 journal.when_full: not one of block, drop_oldest',
      'c.yaml:3:18 server.listen: expected a text, found a number: put it in quotes',
      'c.yaml:3:31 server.token: too short: at least 8 characters',
      'c.yaml:4:6 log: expected a mapping (key: value), found a text',
      'c.yaml:5:51 redact.email_bodies: not one of drop, keep (did you mean "drop"?)',
      'c.yaml:6:16 authentik_url: not a URL: it must start with http:// or https://',
      'c.yaml:7:1 instance: expected a text, found nothing',
    ],
  ],
  [
    'limits of the journal',
    `${source}journal: {retention: 5s, max_size: 1KiB}\n`,
    ['c.yaml:2:22 journal.retention: must be at least 1m', 'c.yaml:2:36 journal.max_size: must be at least 4MiB'],
  ],
  [
    'an address that others reach',
    `${source}server: {listen: "0.0.0.0:9380"}\n`,
    [
      'c.yaml:2:18 server.listen: reachable from other machines, so "server.token" is required: set it, or listen on 127.0.0.1',
    ],
  ],
  [
    'no address',
    `${source}server: {listen: "127.0.0.1"}\n`,
    [
      'c.yaml:2:18 server.listen: not an address: write it as 127.0.0.1:9380, [::1]:9380, :9380 for every address, or "off"',
    ],
  ],
  [
    'patterns of redact',
    `${source}redact: {patterns: [ok, "(", 'a(?=b)', "x*"]}\n`,
    [
      'c.yaml:2:25 redact.patterns[1]: not a linear-time regular expression: error parsing regexp: missing closing ): `(`',
      'c.yaml:2:30 redact.patterns[2]: not a linear-time regular expression: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
      'c.yaml:2:40 redact.patterns[3]: the pattern matches the empty text, so it would match everywhere',
    ],
  ],
  [
    'rules over time and silences',
    `${source}rules:
  - {name: a, destinations: [d], policies: [{action: login}], window: {count: 1, within: 10x, by: [event.ip]}}
  - {name: b, destinations: [d], policies: [{action: login}], active: {days: [mo]}, window: {count: 2, within: 1m, by: [event.ip]}}
destinations: {d: {type: print}}
silences:
  - {match: {client_ip: nowhere}, until: soon, reason: x, rules: [c]}
`,
    [
      'c.yaml:3:79 rules[0].window.count: must be at least 2',
      'c.yaml:3:90 rules[0].window.within: not a duration: write it as 30s, 10m, 1h30m or days=1;hours=2',
      'c.yaml:4:79 rules[1].active.days[0]: no day: write one of sun, mon, tue, wed, thu, fri, sat, or a range as mon-fri',
      'c.yaml:4:121 rules[1].window.by[0]: event has no field "ip" (did you mean "id"?) (at character 7)',
      'c.yaml:7:25 silences[0].match.client_ip: "nowhere" is neither an IP address nor a network',
      'c.yaml:7:42 silences[0].until: no time: write 2026-12-01T00:00:00Z',
      'c.yaml:7:67 silences[0].rules[0]: no such rule',
    ],
  ],
  [
    'what only the compiler of rules sees',
    `${source}rules:
  - {name: a, destinations: [d], nope: 1}
  - {name: b, destinations: [d], policies: [{expression: "event.acton == 'login'"}, {client_ip: 10.0.0.0/64}, {}]}
  - {name: b, destinations: [d], policies: [{expression: "event.action"}]}
destinations: {d: {type: print}}
`,
    [
      'c.yaml:3:34 rules[0].nope: unknown key; known here: name, description, runbook, attack, enabled, severity, mode, policies, window, sequence, new, travel, absence, active, limit, suppress, group, destinations, policy_uuids, tests',
      'c.yaml:4:58 rules[1].policies[0].expression: event has no field "acton" (did you mean "action"?) (at character 7)',
      'c.yaml:4:97 rules[1].policies[1].client_ip: "10.0.0.0/64" is neither an IP address nor a network',
      'c.yaml:4:111 rules[1].policies[2]: nothing to match: set one of action, client_ip, app, model, username, application, schema_name, query, or expression',
      'c.yaml:5:12 rules[2].name: a second rule named "b"',
      'c.yaml:5:58 rules[2].policies[0].expression: must yield a bool, yields string (at character 1)',
    ],
  ],
]);
