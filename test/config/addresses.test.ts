import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/core/errors.ts';
import { destinations } from '../../src/destinations/index.ts';
import { kinds, surroundings } from './kinds.ts';

const real = { ...kinds, destinations };
const head = 'sources: [{type: pipe}]\nrules: [{name: a, policies: [{action: x}], destinations: [d]}]\ndestinations:\n';

/** Problems or warnings about a destination `d`. */
function said(destination: string): readonly string[] {
  try {
    return loadConfig(`${head}  d: ${destination}\n`, 'c.yaml', surroundings(), real).warnings.map(formatProblem);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems.map((problem) => `problem: ${formatProblem(problem)}`);
  }
}

const plain = 'is not encrypted, so anyone in between can read and change it: write https://';
const linkLocal =
  'a link-local address, where clouds keep credentials: take another, or set "allow_link_local: true" if it is meant';

for (const [destination, expected] of [
  ['{type: webhook, url: "https://siem.example/hook"}', []],
  ['{type: webhook, url: "http://127.0.0.1:8080/hook"}', []],
  ['{type: webhook, url: "http://[::1]:8080/hook"}', []],
  ['{type: webhook, url: "http://localhost/hook"}', []],
  ['{type: webhook, url: "http://siem.example/h00k-secret"}', [`c.yaml:4:27 destinations.d.url: ${plain}`]],
  ['{type: loki, url: "http://loki:3100"}', [`c.yaml:4:24 destinations.d.url: ${plain}`]],
  ['{type: webhook, url: "https://a.example/", proxy: "http://proxy.example:3128"}', []],
  ['{type: webhook, url: "https://169.254.169.254/"}', [`problem: c.yaml:4:27 destinations.d.url: ${linkLocal}`]],
  ['{type: webhook, url: "https://2852039166/"}', [`problem: c.yaml:4:27 destinations.d.url: ${linkLocal}`]],
  ['{type: webhook, url: "https://[fe80::1]/"}', [`problem: c.yaml:4:27 destinations.d.url: ${linkLocal}`]],
  [
    '{type: webhook, url: "https://a.example/", proxy: "http://169.254.0.9"}',
    [`problem: c.yaml:4:56 destinations.d.proxy: ${linkLocal}`],
  ],
  ['{type: syslog, host: 169.254.10.1}', [`problem: c.yaml:4:27 destinations.d.host: ${linkLocal}`]],
  ['{type: syslog, host: 169.254.10.1, allow_link_local: true}', []],
  ['{type: splunk_hec, url: "https://a.example", token: x, host: 169.254.10.1}', []],
  ['{type: stdout, allow_link_local: true}', ['problem: c.yaml:4:21 destinations.d.allow_link_local: unknown key']],
] as const) {
  test(destination, () => {
    const messages = said(destination);
    assert.deepEqual(
      messages.map((message) => message.replace(/(unknown key).*/, '$1')),
      expected,
    );
    assert.doesNotMatch(messages.join(), /h00k-secret/);
  });
}
