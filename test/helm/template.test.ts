import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { chart, helm, only, template } from '../support/helm/helm.ts';
import { podOf } from '../support/helm/pod.ts';
import { restrictedViolations } from '../support/helm/pod-security.ts';
import { schemaProblems, typeProblems } from '../support/helm/types.ts';
import { valueSets } from './values.ts';

const golden = join(import.meta.dirname, '..', 'fixtures', 'helm', 'rendered');

// `UPDATE_GOLDEN=1 node --test test/helm/template.test.ts` writes the files anew: read the difference as whoever installs it.
const rendered = new Map([...valueSets].map(([name, values]) => [name, template(values)]));

for (const [name, objects] of rendered) {
  test(`${name}: renders what it did, of Kubernetes' own types, admitted where pods are restricted`, () => {
    const path = join(golden, `${name}.yaml`);
    const text = objects.map((object) => stringify(object)).join('---\n');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    assert.equal(text, readFileSync(path, 'utf8'));
    assert.deepEqual(objects.flatMap(schemaProblems), []);
    for (const object of objects) {
      const pod = podOf(object);
      if (pod !== undefined) assert.deepEqual(restrictedViolations(pod), [], `${object.kind} ${object.metadata.name}`);
    }
  });
}

test('no object has a key that its type does not know', () => {
  const objects = [...rendered.values()].flat();
  assert.deepEqual(typeProblems(objects), []);
  const [pod] = objects.filter(({ kind }) => kind === 'Pod');
  assert.notDeepEqual(typeProblems([{ ...pod, spec: { containers: [], volumez: [] } } as never]), []);
});

test('names follow the release', () => {
  const named = (release: string): string =>
    only(template({ existingSecret: 's' }, chart, release), 'ConfigMap').metadata.name;
  assert.equal(named('herald'), 'herald');
  assert.equal(named('my-herald'), 'my-herald');
  assert.equal(named('audit'), 'audit-herald');
});

test('the notes say what to do next, with names that exist', () => {
  const { output } = helm(['install', 'herald', chart, '--dry-run=client', '--namespace', 'sso']);
  const notes = output.slice(output.indexOf('NOTES:'));
  assert.match(notes, /--namespace sso .*\n.*--values authentik-values\.yaml/);
  assert.match(notes, /helm test herald/);
  const deployment = helm(['install', 'herald', chart, '--dry-run=client', '--set', 'mode=deployment']).output;
  assert.match(deployment, /logs deploy\/herald\n/);
});

test('a configuration that changes restarts the deployment only where it has to', () => {
  const checksum = (config: object, more: object = {}): string | undefined => {
    const deployment = only(template({ mode: 'deployment', existingSecret: 's', config, ...more }), 'Deployment');
    const { template: pod } = deployment['spec'] as { template: { metadata: { annotations: Record<string, string> } } };
    return pod.metadata.annotations['checksum/config'];
  };
  const other = { authentik_url: 'https://auth.example.com' };
  assert.equal(checksum({}), checksum(other));
  assert.notEqual(checksum({}), checksum({ journal: { max_size: '512MiB' } }));
  assert.notEqual(checksum({}, { restartOnConfigChange: true }), checksum(other, { restartOnConfigChange: true }));
});
