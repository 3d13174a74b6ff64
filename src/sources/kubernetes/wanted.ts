import type { OwnContainer } from './own.ts';
import type { ContainerStatus, Pod } from './pods.ts';

/** A container that is to be read. */
export interface Wanted {
  /** Of its checkpoint. */
  readonly key: string;
  readonly pod: Pod;
  readonly status: ContainerStatus;
}

/** The containers of a pod that are to be read: those of these names, and never herald's own, whatever it is called. */
export function wantedOf(pod: Pod, names: readonly string[], own: OwnContainer | undefined): readonly Wanted[] {
  return pod.containers
    .filter(({ name }) => names.includes(name) && !(own?.podUid === pod.uid && own.container === name))
    .map((status) => ({ key: `${pod.name}/${pod.uid}/${status.name}`, pod, status }));
}
