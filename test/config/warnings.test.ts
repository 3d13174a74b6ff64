import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/core/errors.ts';
import { kinds, surroundings } from './kinds.ts';

const head = 'sources: [{type: pipe}]\nrules: [{name: a, policies: [{action: x}], destinations: [d]}]\n';
const table: readonly (readonly [name: string, text: string, warnings: readonly string[]])[] = [
  ['nothing to warn about', `${head}destinations: {d: {type: print}}\n`, []],
  [
    'a destination that no rule uses',
    `${head}destinations:\n  d: {type: print}\n  e: {type: print}\n`,
    ['c.yaml:5:3 destinations.e: no rule sends anything here'],
  ],
  [
    'a rule without policies',
    `sources: [{type: pipe}]\nrules:\n  - name: a\n    destinations: [d]\ndestinations: {d: {type: print}}\n`,
    ['c.yaml:3:5 rules[0]: a rule without policies never fires'],
  ],
  [
    "a port of authentik's",
    `${head}destinations: {d: {type: print}}\nserver: {listen: "127.0.0.1:9000"}\n`,
    ['c.yaml:4:18 server.listen: authentik itself uses port 9000 inside its pod: take another one'],
  ],
  [
    'a certificate that is not checked',
    `${head}destinations: {d: {type: print, tls: {insecure: true}}}\n`,
    ['c.yaml:3:49 destinations.d.tls.insecure: anyone in between can read and answer in the name of the server'],
  ],
  [
    'a variable in the way of a shell',
    `${head}destinations: {d: {type: mail, host: h, to: a@b, password: $SMTP_PASSWORD}}\n`,
    ['c.yaml:3:60 destinations.d.password: is taken as it is: an environment variable is written ${env:NAME}'],
  ],
];

for (const [name, text, warnings] of table) {
  test(`warns of ${name}`, () => {
    assert.deepEqual(loadConfig(text, 'c.yaml', surroundings(), kinds).warnings.map(formatProblem), warnings);
  });
}
