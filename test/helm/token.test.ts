import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { chart, helm, manifests, only, template } from '../support/helm/helm.ts';
import { kubernetesTools } from '../support/helm/install.ts';

function tokenIn(objects: ReturnType<typeof manifests>): string {
  const { token } = only(objects, 'Secret')['stringData'] as { token: string };
  return token;
}

test('a release without a token gets one of 40 characters, another one each time', () => {
  assert.match(tokenIn(template({})), /^[A-Za-z0-9]{40}$/);
  assert.notEqual(tokenIn(template({})), tokenIn(template({})));
});

test('an upgrade keeps the token that was made at the installation', async (context) => {
  // What helm knows its own objects by.
  const metadata = {
    name: 'herald',
    namespace: 'authentik',
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': 'herald', 'meta.helm.sh/release-namespace': 'authentik' },
  };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
  const server = await startApi(context, { ...secret, data: { token: Buffer.from('as it was').toString('base64') } });
  assert.equal(tokenIn(await rendered(server)), 'as it was');
  assert.equal(tokenIn(await rendered(server, '--set', 'secret.values.token=another-one')), 'another-one');
});

test('the command in the notes shows the token', async (context) => {
  const data = { token: Buffer.from('as it was').toString('base64') };
  const server = await startApi(context, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'herald' }, data });
  const { output } = helm(['install', 'herald', chart, '--dry-run=client', '--namespace', 'authentik']);
  const command = /^ *kubectl (.* get secret .*)$/m.exec(output)?.[1] ?? '';
  const script = `${join(kubernetesTools(), 'kubectl')} --server ${server} ${command}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script], {
    env: { HOME: join(kubernetesTools(), '..', 'helm-home') },
  });
  assert.equal(stdout, 'as it was');
});

test('a PodMonitor sends the token where it is a key of the Secret', () => {
  const authorization = (config: object): unknown => {
    const values = { existingSecret: 'own', metrics: { podMonitor: { enabled: true } }, config };
    const { podMetricsEndpoints } = only(template(values), 'PodMonitor')['spec'] as {
      podMetricsEndpoints: readonly { readonly authorization?: unknown }[];
    };
    return podMetricsEndpoints[0]?.authorization;
  };
  const of = (key: string): object => ({ type: 'Bearer', credentials: { name: 'own', key } });
  assert.deepEqual(authorization({}), of('token'));
  assert.deepEqual(authorization({ server: { token: '${file:/run/secrets/herald/my.key}' } }), of('my.key'));
  assert.equal(authorization({ server: { token: '${env:TOKEN}' } }), undefined);
  assert.equal(authorization({ server: { token: 'as it is written' } }), undefined);
});

test('a first installation in a cluster makes one', async (context) => {
  assert.match(tokenIn(await rendered(await startApi(context, undefined))), /^[A-Za-z0-9]{40}$/);
});

/** The Secret as helm renders it when it may ask a cluster. */
async function rendered(server: string, ...more: readonly string[]): Promise<ReturnType<typeof manifests>> {
  const tools = kubernetesTools();
  const args = [
    'template',
    'herald',
    chart,
    '--namespace',
    'authentik',
    '--dry-run=server',
    '--kube-apiserver',
    server,
  ];
  const only = ['--show-only', 'templates/secret.yaml', '--disable-openapi-validation', '--set', 'logs=file', ...more];
  // Not spawnSync: the cluster lives in this process.
  const { stdout } = await promisify(execFile)(join(tools, 'helm'), [...args, ...only], {
    env: { HOME: join(tools, '..', 'helm-home') },
  });
  return manifests(stdout);
}

/** As much of an API server as helm asks for one Secret. */
async function startApi(context: { after(undo: () => void): void }, secret: object | undefined): Promise<string> {
  const resources = ['ConfigMap', 'Pod', 'Secret', 'Service'].map((kind) => {
    const singularName = kind.toLowerCase();
    return { name: `${singularName}s`, singularName, namespaced: true, kind, verbs: ['get'] };
  });
  const answers = new Map<string, object | undefined>([
    ['/version', { major: '1', minor: '33', gitVersion: 'v1.33.0' }],
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: [] }],
    ['/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources }],
    ['/api/v1/namespaces/authentik/secrets/herald', secret],
  ]);
  const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
  const server = createServer((request, response) => {
    const found = answers.get(request.url?.split('?')[0] ?? '');
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? missing));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
