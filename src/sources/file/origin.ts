import type { Origin } from '../../core/event.ts';

/**
 * Namespace, pod and container from where a log file lies: the kubelet's `/var/log/pods/<ns>_<pod>_<uid>/<container>/N.log`,
 * its links `/var/log/containers/<pod>_<ns>_<container>-<id>.log`, or Docker's `<id>-json.log`. Both of the kubelet's names
 * give the same origin, so that an event read through either has the same id. `{}` for any other place.
 */
export function originOf(path: string): Omit<Origin, 'stream'> {
  const pods = /\/([^/_]+)_([^/_]+)_[^/_]+\/([^/]+)\/\d+\.log(?:\.[^/]*)?$/.exec(path);
  if (pods !== null) return named(pods[1], pods[2], pods[3]);
  const containers = /\/([^/_]+)_([^/_]+)_([^/]+)-[0-9a-f]{64}\.log$/.exec(path);
  if (containers !== null) return named(containers[2], containers[1], containers[3]);
  const docker = /\/([0-9a-f]{64})-json\.log(?:\.\d+)?$/.exec(path);
  return docker?.[1] === undefined ? {} : { container: docker[1].slice(0, 12) };
}

function named(namespace?: string, pod?: string, container?: string): Omit<Origin, 'stream'> {
  return {
    ...(namespace !== undefined && { namespace }),
    ...(pod !== undefined && { pod }),
    ...(container !== undefined && { container }),
  };
}
