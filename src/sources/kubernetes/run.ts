import { hostname } from 'node:os';
import { OperationalError } from '../../core/errors.ts';
import type { Source, SourceDeps } from '../source.ts';
import { readNamespace } from './account.ts';
import { createApi } from './api.ts';
import { createCommits } from './commits.ts';
import type { KubernetesConfig } from './config.ts';
import { createCut } from './cut.ts';
import type { PodSelection } from './list.ts';
import { createMembers } from './members.ts';
import { findOwnContainer } from './own.ts';
import { createPatience } from './patience.ts';
import { watchPods } from './watch.ts';

/** Reads the logs of the selected containers: one watch over the pods, one stream for each container. */
export function createKubernetesSource(config: KubernetesConfig, deps: SourceDeps): Source {
  return { run };

  async function run(drain: AbortSignal, stop: AbortSignal): Promise<void> {
    const { clock, random, log, checkpoints, name } = deps;
    const selection = selectionOf(config, config.namespace ?? (await readNamespace(config.service_account)));
    const own = await findOwnContainer();
    const api = createApi({ server: config.server ?? serverOf(deps.env), account: config.service_account, clock });
    // Streams end with either of them; what is left to read then is read until `ending`.
    const ending = createCut(stop);
    const reading = createCut(drain, ending.signal);
    const failures: unknown[] = [];
    const onFailure = (error: unknown): void => {
      failures.push(error);
      ending.abort();
    };
    const commits = createCommits({ accept: (batch) => deps.accept(batch), stop: ending.signal, onFailure });
    const signals = { drain: reading.signal, stop: ending.signal };
    const members = createMembers({
      config,
      namespace: selection.namespace,
      own,
      checkpoints,
      api,
      commits,
      clock,
      random,
      log,
      source: name,
      onFailure,
      ...signals,
    });
    try {
      const patience = createPatience(random, log, { watching: 'pods' });
      await watchPods({ api, clock, random, patience }, selection, members, reading.signal).catch(onFailure);
      await members.ended();
      await commits.settled();
    } finally {
      ending.release();
      reading.release();
      await api.close();
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Which pods the options mean. */
function selectionOf({ pod, selector }: KubernetesConfig, namespace: string): PodSelection {
  const name = pod === 'own' ? hostname() : pod;
  return {
    namespace,
    labelSelector: selector ?? (pod === undefined ? 'app.kubernetes.io/name=authentik' : undefined),
    fieldSelector: name === undefined ? undefined : `metadata.name=${name}`,
  };
}

/** The API server's address, as the kubelet puts it into the environment of every container. */
function serverOf(env: SourceDeps['env']): string {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (host === undefined || host === '')
    throw new OperationalError(
      'source_failed',
      'KUBERNETES_SERVICE_HOST is not set, so this is no pod: set "server" and "service_account" of the source',
    );
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
