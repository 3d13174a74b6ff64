import type { Infer } from '../../core/schema.ts';
import { lineOptions } from '../line-options.ts';

const label = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

/** Options of the `kubernetes` source. */
export const schema = {
  type: 'object',
  properties: {
    namespace: {
      type: 'string',
      pattern: label,
      description: 'Where the pods are. Default: the namespace of the service account, which is that of the own pod.',
    },
    selector: {
      type: 'string',
      minLength: 1,
      description:
        'Labels of the pods to read, as `kubectl get pods -l` takes them. Default: `app.kubernetes.io/name=authentik`, or none with `pod`.',
    },
    pod: {
      type: 'string',
      pattern: '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$',
      description: 'Reads one pod only: its name, or `own` for the pod that herald runs in, known by its host name.',
    },
    containers: {
      type: 'array',
      items: { type: 'string', pattern: label },
      minItems: 1,
      default: ['server', 'worker'],
      description: "Names of the containers to read. Init containers and herald's own container are never read.",
    },
    start_at: {
      type: 'string',
      enum: ['end', 'beginning'],
      default: 'end',
      description:
        'Where a container that was there at the very first start is read from. One that appears later, also while herald is down, is read whole.',
    },
    server: {
      type: 'string',
      format: 'url',
      description:
        'Address of the API server. Default: the one that Kubernetes names in the environment of every container. One with `http:`, as of `kubectl proxy`, gets no token.',
    },
    service_account: {
      type: 'string',
      minLength: 1,
      default: '/var/run/secrets/kubernetes.io/serviceaccount',
      description: 'Folder with `token`, `ca.crt` and `namespace`. The token is read again for every request.',
    },
    ...lineOptions,
  },
} as const;

export type KubernetesConfig = Infer<typeof schema>;
