import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kubernetesTools } from './install.ts';

/** What a finished command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** A Kubernetes object as it stands in YAML. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export const chart = join(import.meta.dirname, '..', '..', '..', 'helm');

/** Runs the real helm, with its state in a folder that nobody else uses. */
export function helm(args: readonly string[], stdin = ''): Finished {
  const tools = kubernetesTools();
  const home = join(tools, '..', 'helm-home');
  const { status, stdout, stderr } = spawnSync(join(tools, 'helm'), args, {
    input: stdin,
    encoding: 'utf8',
    timeout: 60_000,
    env: { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home },
  });
  return { code: status, output: status === 0 ? stdout : `${stdout}${stderr}` };
}

/** `helm lint --strict` of a chart with values over its own, which go as JSON: helm reads YAML 1.1, where `yes` is no text. */
export function lint(values: unknown = {}, of = chart): Finished {
  return helm(['lint', '--strict', of, '--values', '-'], JSON.stringify(values));
}

/** The objects that `helm template` makes. Throws what helm says when it refuses. */
export function template(values: unknown = {}, of = chart, release = 'herald'): readonly Manifest[] {
  const { code, output } = helm(
    ['template', release, of, '--namespace', 'authentik', '--values', '-'],
    JSON.stringify(values),
  );
  if (code !== 0) throw new Error(output);
  return manifests(output);
}

/** The objects of a text with several YAML documents. */
export function manifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** The one object of a kind. */
export function only(objects: readonly Manifest[], wanted: string): Manifest {
  const [first, ...others] = objects.filter(({ kind }) => kind === wanted);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} of ${wanted}`);
  return first;
}

/** The text of `config.yaml` in the ConfigMap that herald reads. */
export function configText(objects: readonly Manifest[]): string {
  const maps = objects.filter(({ kind }) => kind === 'ConfigMap').map((map) => map['data'] as Record<string, string>);
  const text = maps.find((data) => 'config.yaml' in data)?.['config.yaml'];
  if (text === undefined) throw new Error('no ConfigMap has config.yaml');
  return text;
}
