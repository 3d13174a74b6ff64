import { source, testProblems } from './problems.ts';

testProblems([
  [
    'wrong options of a destination',
    `${source}destinations:
  a:
    type: hook
    level: 10
    gzip: yes
    every: 30
    timeout: "30"
    headers: {A: 1, B: [x]}
  b: {type: hook, uri: https://x, retry: {max: 1s, base: 2s, forever: true}, batch: {items: 0}, proxy: proxy:3128}
  c: {type: hooks}
  d:
  "e e": {type: mail, host: "", port: 1.5, to: [x, a@b], tls: tls}
`,
    [
      'c.yaml:3:3 destinations.a.url: required (a URL)',
      'c.yaml:5:12 destinations.a.level: must be at most 9',
      'c.yaml:6:11 destinations.a.gzip: expected true or false, found a text',
      'c.yaml:7:12 destinations.a.every: expected a duration like 30s, found a number: it needs a unit',
      'c.yaml:8:14 destinations.a.timeout: not a duration: write it as 30s, 10m, 1h30m or days=1;hours=2 (the unit is missing)',
      'c.yaml:9:18 destinations.a.headers.A: expected a text, found a number: put it in quotes',
      'c.yaml:9:24 destinations.a.headers.B: expected a text, found a list',
      'c.yaml:10:19 destinations.b.uri: unknown key (did you mean "url"?)',
      'c.yaml:10:62 destinations.b.retry.forever: unknown key; known here: base, max, max_age',
      'c.yaml:10:93 destinations.b.batch.items: must be at least 1',
      'c.yaml:10:104 destinations.b.proxy: not a URL: it must start with http:// or https://',
      'c.yaml:11:13 destinations.c.type: unknown type (did you mean "hook"?)',
      'c.yaml:12:3 destinations.d: expected a mapping with a "type": hook, mail, print',
      'c.yaml:13:29 destinations["e e"].host: must not be empty',
      'c.yaml:13:39 destinations["e e"].port: expected a whole number, found a number',
      'c.yaml:13:49 destinations["e e"].to[0]: not a mail address: write it as name@example.com',
      'c.yaml:13:63 destinations["e e"].tls: not one of starttls, implicit, none',
    ],
  ],
  [
    'alternatives',
    `${source}destinations:\n  a: {type: mail, host: h, to: {}}\n  b: {type: mail, host: h, to: []}\n  c: {type: mail, host: h, to: a@b, tls: {mode: ssl, insecur: true}}\n`,
    [
      'c.yaml:3:32 destinations.a.to: expected a mail address or a list, found a mapping',
      'c.yaml:4:32 destinations.b.to: at least one is needed',
      'c.yaml:5:49 destinations.c.tls.mode: not one of starttls, implicit, none',
      'c.yaml:5:54 destinations.c.tls.insecur: unknown key (did you mean "insecure"?)',
    ],
  ],
  [
    'waits that make no sense',
    `${source}destinations:\n  a: {type: mail, host: h, to: a@b, timeout: 0s, retry: {base: 2m, max: 1m}, batch: {items: 5}}\n`,
    [
      'c.yaml:3:46 destinations.a.timeout: must be longer than nothing',
      'c.yaml:3:73 destinations.a.retry.max: must not be shorter than "base"',
      'c.yaml:3:93 destinations.a.batch.items: this destination sends one delivery at a time: remove it',
    ],
  ],
  [
    'options of every destination that mean nothing to one',
    `${source}destinations:\n  a: {type: print, timeout: 5s, proxy: "http://proxy"}\n`,
    [
      'c.yaml:3:33 destinations.a.proxy: unknown key; known here: type, fields, timeout, retry, batch, tls, allow_link_local',
    ],
  ],
  [
    'certificates',
    `${source}destinations:\n  a: {type: hook, url: https://a, tls: {ca: /nowhere.pem, cert: /pem}}\n`,
    [
      'c.yaml:3:35 destinations.a.tls: a client certificate needs both "cert" and "key"',
      'c.yaml:3:45 destinations.a.tls.ca: the file cannot be read: there is no such file',
      'c.yaml:3:65 destinations.a.tls.cert: the file is no PEM: it has no line "-----BEGIN…"',
    ],
  ],
  [
    'what only the destination can see',
    `${source}destinations:\n  a: {type: hook, url: https://secret-a.example.com, body: broken}\n`,
    ['c.yaml:3:60 destinations.a.body: no such name in ***'],
  ],
  [
    'destinations as a list',
    `${source}destinations: [{type: print}]\n`,
    ['c.yaml:2:15 destinations: expected a mapping of names to destinations'],
  ],
  [
    'names',
    `${source}destinations:\n  "": {type: print}\n  "a\\tb": {type: print}\n  ${'n'.repeat(65)}: {type: print}\n`,
    [
      'c.yaml:3:3 destinations: a key must be a text',
      'c.yaml:4:3 destinations["a\\tb"]: a name has 1 to 64 characters, none of them a control character',
      `c.yaml:5:3 destinations.${'n'.repeat(65)}: a name has 1 to 64 characters, none of them a control character`,
    ],
  ],
]);
