import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lint } from '../support/helm/helm.ts';

const accepted: readonly (readonly [string, unknown])[] = [
  ['the defaults', {}],
  ['a sidecar that reads the kubelet’s files', { logs: 'hostPath' }],
  ['a deployment', { mode: 'deployment' }],
];

for (const [name, values] of accepted) {
  test(`helm lint --strict accepts ${name}`, () => {
    const { code, output } = lint(values);
    assert.equal(code, 0, output);
  });
}

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['a mistyped value', { imag: { tag: 'x' } }, /additional properties 'imag' not allowed/],
  ['a mistyped value further down', { persistence: { sise: '1Gi' } }, /'\/persistence': additional properties 'sise'/],
  ['an unknown mode', { mode: 'daemonset' }, /'\/mode': value must be one of 'sidecar', 'deployment'/],
  ['a mistyped section of the configuration', { config: { sinks: {} } }, /'\/config': additional properties 'sinks'/],
  [
    'a mistyped key of a destination, naming it and nothing of other types',
    { config: { destinations: { chat: { type: 'slack', uri: 'https://hooks.example.com/x' } } } },
    /^(?!.*(?:'smtp'|'webhook'))(?=.*'\/config\/destinations\/chat': missing property 'url')(?=.*additional properties 'uri' not allowed)/s,
  ],
  [
    'an unknown type of destination',
    { config: { destinations: { chat: { type: 'slak', url: 'https://hooks.example.com/x' } } } },
    /'\/config\/destinations\/chat\/type': value must be one of .*'slack'/,
  ],
  ['a rule without a name', { config: { rules: [{ destinations: ['inbox'] }] } }, /missing property 'name'/],
  ['a mistyped source', { config: { sources: [{ type: 'file', path: ['x'] }] } }, /additional properties 'path'/],
  ['a journal that is no size', { config: { journal: { max_size: 'big' } } }, /'\/config\/journal\/max_size'/],
];

for (const [name, values, says] of refused) {
  test(`helm lint --strict refuses ${name}`, () => {
    const { code, output } = lint(values);
    assert.notEqual(code, 0, output);
    assert.match(output, says);
  });
}
