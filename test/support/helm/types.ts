import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ConfigMap, PersistentVolumeClaim, Pod, Secret, Service, ServiceAccount } from 'kubernetes-models/v1';
import type { Manifest } from './helm.ts';
import { cache } from './install.ts';

interface Model {
  readonly apiVersion: string;
  readonly kind: string;
  new (data: never): { validate(): void };
}

const models: readonly Model[] = [
  ConfigMap,
  Deployment,
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
];

/** Kinds of the Prometheus operator, which no package has types of. */
const foreign: ReadonlySet<string> = new Set(['PodMonitor', 'PrometheusRule']);

/** What Kubernetes' own schema of an object's kind says about it. A kind that nobody knows is a problem, too. */
export function schemaProblems(object: Manifest): readonly string[] {
  if (foreign.has(object.kind)) return [];
  const model = models.find(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind);
  if (model === undefined) return [`no schema of ${object.apiVersion} ${object.kind}`];
  try {
    new model(object as never).validate();
    return [];
  } catch (error) {
    return [`${object.kind} ${object.metadata.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** What the compiler says when the objects are written as literals of their types: this finds keys that do not exist. */
export function typeProblems(objects: readonly Manifest[]): readonly string[] {
  const known = objects.filter(({ kind }) => !foreign.has(kind));
  const groups = new Map(known.map(({ kind, apiVersion }) => [kind, apiVersion]));
  const imports = [...groups].map(([kind, version]) => `import type { I${kind} } from 'kubernetes-models/${version}';`);
  const literals = known.map(
    (object, at) => `export const o${at}: I${object.kind} = ${JSON.stringify(object, null, 1)};`,
  );
  // Below the project, so that the compiler finds the package.
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'literals-'));
  try {
    writeFileSync(join(folder, 'literals.ts'), [...imports, ...literals].join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
    const { status, stdout } = spawnSync('npx', ['tsc', '--ignoreConfig', ...options, join(folder, 'literals.ts')], {
      encoding: 'utf8',
    });
    return status === 0 ? [] : stdout.trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
