import { defineSource } from '../source.ts';
import { schema } from './config.ts';
import { createKubernetesSource } from './run.ts';

/** Reads container logs through the Kubernetes API, where a hostPath mount is forbidden. */
export const kubernetes = defineSource({
  type: 'kubernetes',
  summary: 'Container logs through the Kubernetes API, for clusters that forbid hostPath',
  schema,
  example: {
    namespace: 'authentik',
    selector: 'app.kubernetes.io/name=authentik',
    containers: ['server', 'worker'],
  },
  create: (config, deps) => createKubernetesSource(config, deps),
});
