import { source, testProblems } from './problems.ts';

testProblems([
  [
    'references',
    `${source}instance: \${env:NOT_SET}-\${env:}-\${env:a b}
destinations:
  a:
    type: hook
    url: \${env:NOT_SET}
    body: |
      first line
      second \${file:/nowhere} line
    headers: {A: "\${env:SHORT", B: "\${env:URL}/\${file:}"}
    level: \${env:URL}
`,
    [
      'c.yaml:2:11 instance: ${env:NOT_SET} is not set: set the environment variable',
      'c.yaml:2:26 instance: ${env:} is no variable name: write ${env:NAME}',
      'c.yaml:2:34 instance: ${env:a b} is no variable name: write ${env:NAME}',
      'c.yaml:6:10 destinations.a.url: ${env:NOT_SET} is not set: set the environment variable',
      'c.yaml:9:14 destinations.a.body: ${file:/nowhere} cannot be read: there is no such file',
      'c.yaml:10:19 destinations.a.headers.A: ${env: has no closing }',
      'c.yaml:10:48 destinations.a.headers.B: ${file:} names no file: write ${file:/path/to/file}',
      'c.yaml:11:12 destinations.a.level: expected a whole number, found a text',
    ],
  ],
  [
    'a variable in the way of a shell',
    `${source}destinations: {a: {type: hook, url: "$URL"}}\n`,
    [
      'c.yaml:2:37 destinations.a.url: not a URL: it must start with http:// or https:// (for the environment variable write ${env:URL})',
    ],
  ],
  [
    'a key twice',
    `${source}log: {level: info, level: warn}\nlog: {}\n`,
    [
      'c.yaml:2:20 log.level: this key is there twice: remove one',
      'c.yaml:3:1 log: this key is there twice: remove one',
    ],
  ],
  [
    'tags, merge keys, keys that are no text',
    `sources: !!seq [{type: !custom pipe}]\nlog: {<<: {}, ? [a] : b, : c}\n`,
    [
      'c.yaml:1:16 sources: tags (!name) are not supported: remove it',
      'c.yaml:1:32 sources[0].type: tags (!name) are not supported: remove it',
      'c.yaml:2:7 log["<<"]: merge keys (<<) are not supported: repeat the keys, or use an alias for a whole value',
      'c.yaml:2:17 log: a key must be a text',
      'c.yaml:2:26 log: a key must be a text',
    ],
  ],
  [
    'aliases',
    'sources: [{type: pipe, name: *none}]\ninstance: &loop [*loop]\n',
    [
      'c.yaml:1:30 sources[0].name: an alias (*name) needs an anchor (&name) before it',
      'c.yaml:2:17 instance: expected a text, found a list',
      'c.yaml:2:18 instance[0]: an alias cannot stand inside its own anchor',
    ],
  ],
  [
    'an alias inside its own anchor',
    `${source}log: &loop {level: *loop}\n`,
    ['c.yaml:2:20 log.level: an alias cannot stand inside its own anchor'],
  ],
  ['tabs', 'sources:\n\t- type: pipe\n', ['c.yaml:2:1 a tab in the indentation: use spaces']],
  [
    'indentation',
    `${source}log:\n    level: info\n  other: 1\n`,
    [
      'c.yaml:4:1 wrong indentation: all keys of a mapping and all items of a list start in the same column (or a bracket is not closed)',
    ],
  ],
  [
    'an open quote',
    `${source}instance: "a\n`,
    ['c.yaml:3:1 something is missing here: a closing quote or bracket, a comma, a ":" or a space behind it'],
  ],
  [
    'an open bracket',
    'sources: [{type: pipe}\n',
    [
      'c.yaml:2:1 wrong indentation: all keys of a mapping and all items of a list start in the same column (or a bracket is not closed)',
    ],
  ],
  ['two colons', `${source}instance: a: b\n`, ['c.yaml:2:11 a second ": " in one line: put the text in quotes']],
  ['two documents', `${source}---\ninstance: a\n`, ['c.yaml:2:1 only one document: remove the line "---"']],
  [
    'a reserved character',
    `${source}instance: @a\nlog: {level: %x}\n`,
    [
      'c.yaml:2:11 a text cannot start with this character: put it in quotes',
      'c.yaml:3:14 a text cannot start with this character: put it in quotes',
    ],
  ],
  [
    'an escape',
    `${source}instance: "\\d"\n`,
    ['c.yaml:2:12 unknown escape after \\ in a double-quoted text: use single quotes, or \\\\ for one backslash'],
  ],
  [
    'a directive',
    '%FOO\nsources: []\n',
    ['c.yaml:2:1 something is missing here: a closing quote or bracket, a comma, a ":" or a space behind it'],
  ],
  [
    'byte order mark and CRLF',
    '\ufeffsources:\r\n  - type: pip\r\nlog: {levle: info}\r\n',
    [
      'c.yaml:2:11 sources[0].type: unknown type (did you mean "pipe"?)',
      'c.yaml:3:7 log.levle: unknown key (did you mean "level"?)',
    ],
  ],
  [
    'not finite',
    `${source}destinations: {a: {type: hook, url: https://a, body: [.inf, .nan]}}\n`,
    [
      'c.yaml:2:55 destinations.a.body[0]: not a finite number',
      'c.yaml:2:61 destinations.a.body[1]: not a finite number',
    ],
  ],
]);
