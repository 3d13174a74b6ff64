import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { chart, configText, helm, manifests, only, template, type Manifest } from '../support/helm/helm.ts';
import { podOf, type Container, type PodSpec } from '../support/helm/pod.ts';
import { restrictedViolations } from '../support/helm/pod-security.ts';
import { schemaProblems, typeProblems } from '../support/helm/types.ts';

const authentik = join(import.meta.dirname, '..', 'fixtures', 'helm', 'authentik');
const own = template({ mode: 'deployment', existingSecret: 's' });
const standalone = containerOf(podOf(only(own, 'Deployment')));

for (const [logs, file, refused] of [
  ['api', 'authentik-values.yaml', []],
  ['hostPath', 'authentik-values-hostpath.yaml', ['volume herald-pod-logs: hostPath']],
  ['file', 'authentik-values-file.yaml', []],
] as const) {
  const deployments = placed(file);
  const made = template({ logs, secret: { values: { token: 'aaaaaaaa' } } });
  const pods = deployments.map((deployment) => podOf(deployment) as PodSpec);

  test(`${file} places a native sidecar into server and worker`, () => {
    assert.deepEqual(
      deployments.map(({ metadata }) => metadata.name),
      ['authentik-server', 'authentik-worker'],
    );
    assert.deepEqual(deployments.flatMap(schemaProblems), []);
    assert.deepEqual(typeProblems(deployments), []);
    for (const pod of pods) {
      const { name, restartPolicy } = containerOf(pod);
      assert.deepEqual([name, restartPolicy], ['herald', 'Always']);
      assert.equal(pod.initContainers?.length, 1);
    }
  });

  test(`${file}: what herald adds to the pod is ${refused.length === 0 ? 'admitted under' : 'all that is refused by'} the restricted standard`, () => {
    // authentik's own container is authentik's business.
    for (const pod of pods) assert.deepEqual(restrictedViolations({ ...pod, containers: [] }), refused);
  });

  test(`${file} refers to what the chart makes with logs: ${logs}`, () => {
    const names = (kind: string): readonly string[] =>
      made.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
    const given = new Set(['kube-root-ca.crt']);
    for (const { configMap, secret } of volumesOf(pods)) {
      if (configMap !== undefined) assert.ok([...names('ConfigMap'), ...given].includes(configMap), configMap);
      if (secret !== undefined) assert.ok(names('Secret').includes(secret), secret);
    }
    const accounts = new Set(pods.map(({ serviceAccountName }) => serviceAccountName));
    assert.deepEqual(accounts, new Set(logs === 'api' ? ['herald', 'authentik'] : [undefined, 'authentik']));
    const binding = made.find(({ kind }) => kind === 'RoleBinding');
    const subjects = (binding?.['subjects'] ?? []) as readonly { name: string }[];
    assert.deepEqual(
      subjects.map(({ name }) => name),
      logs === 'api' ? ['herald', 'authentik'] : [],
    );
  });

  test(`${file} mounts what the configuration reads and writes`, () => {
    const text = configText(made);
    const config = parse(text) as Config;
    for (const pod of pods) {
      const { volumeMounts = [], ports, args } = containerOf(pod);
      const writable = volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath);
      assert.deepEqual(writable, ['/var/lib/herald', '/tmp']);
      assert.ok(writable.includes(config.journal.path));
      const below = (path: string): boolean => volumeMounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`));
      for (const path of config.sources.flatMap(({ paths = [] }) => paths)) assert.ok(below(path), path);
      for (const [, path = ''] of text.matchAll(/\$\{file:([^}]+)\}/g)) assert.ok(below(path), path);
      assert.ok(below(args?.[args.indexOf('--config') + 1] ?? ''));
      assert.deepEqual(
        ports?.map(({ containerPort }) => `:${containerPort}`),
        [config.server.listen],
      );
      const grace = Number(args?.[args.indexOf('--grace') + 1]?.replace('s', ''));
      assert.ok(grace < (pod.terminationGracePeriodSeconds ?? 0), 'herald stops before it is killed');
    }
  });

  test(`${file} gives the container what the deployment gives it`, () => {
    for (const pod of pods) {
      const { livenessProbe, resources, securityContext = {} } = containerOf(pod);
      assert.deepEqual(livenessProbe, standalone.livenessProbe);
      assert.deepEqual(resources, standalone.resources);
      const { runAsNonRoot, runAsUser, runAsGroup, seccompProfile, ...rest } = securityContext;
      assert.deepEqual(rest, standalone.securityContext);
      assert.deepEqual([runAsNonRoot, runAsUser, seccompProfile], [true, 65_532, { type: 'RuntimeDefault' }]);
      // The kubelet's files are root:root 0640.
      assert.equal(runAsGroup, logs === 'hostPath' ? 0 : 65_532);
    }
  });
}

test('hostPath shows the own pod only, and nothing can be written there', () => {
  for (const deployment of placed('authentik-values-hostpath.yaml')) {
    const { volumeMounts = [], env = [] } = containerOf(podOf(deployment));
    const mount = volumeMounts.find(({ name }) => name === 'herald-pod-logs');
    assert.equal(mount?.readOnly, true);
    const wanted = [...(mount.subPathExpr ?? '').matchAll(/\$\((\w+)\)/g)].map(([, name]) => name);
    assert.deepEqual(wanted, ['POD_NAMESPACE', 'POD_NAME', 'POD_UID']);
    const set = new Set(env.map(({ name }) => name));
    for (const name of wanted) assert.ok(set.has(name ?? ''), name);
  }
});

test('the image is the one thing to set in an example', () => {
  for (const file of ['authentik-values.yaml', 'authentik-values-hostpath.yaml', 'authentik-values-file.yaml']) {
    const text = readFileSync(join(chart, 'examples', file), 'utf8');
    assert.equal(text.match(/registry\.example\.com/g)?.length, 1, file);
    assert.equal(text.match(/image:/g)?.length, 1, file);
  }
});

interface Config {
  readonly sources: readonly { readonly paths?: readonly string[] }[];
  readonly journal: { readonly path: string };
  readonly server: { readonly listen: string };
}

/** authentik's deployments with the values of an example. */
function placed(file: string): readonly Manifest[] {
  const values = join(chart, 'examples', file);
  const { code, output } = helm(['template', 'authentik', authentik, '--namespace', 'authentik', '--values', values]);
  assert.equal(code, 0, output);
  return manifests(output);
}

function containerOf(pod: PodSpec | undefined): Container {
  const container = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].find(({ name }) => name === 'herald');
  if (container === undefined) throw new Error('there is no container herald');
  return container;
}

/** Names of the ConfigMaps and Secrets that volumes are made of, also below `projected`. */
function volumesOf(pods: readonly PodSpec[]): readonly { readonly configMap?: string; readonly secret?: string }[] {
  return pods.flatMap(({ volumes = [] }) =>
    volumes.flatMap((volume) => {
      const { sources = [] } = (volume['projected'] ?? {}) as { sources?: readonly Record<string, unknown>[] };
      return [volume, ...sources].map((source) => {
        const configMap = (source['configMap'] as { name: string } | undefined)?.name;
        const secret = (source['secret'] as { secretName: string } | undefined)?.secretName;
        return { ...(configMap !== undefined && { configMap }), ...(secret !== undefined && { secret }) };
      });
    }),
  );
}
