import { asObject, asText, get, isObject, type Json, type JsonObject } from '../../core/json.ts';

/** What matters of a pod: its identity and its main containers. Init containers, and with them native sidecars, are left out. */
export interface Pod {
  readonly uid: string;
  readonly name: string;
  readonly containers: readonly ContainerStatus[];
}

export interface ContainerStatus {
  readonly name: string;
  /** Number of the instance that runs or ran last, from 0. */
  readonly restarts: number;
  /** `waiting`: no instance has run yet. `ended`: the last instance has ended; another one may follow. */
  readonly state: 'waiting' | 'running' | 'ended';
}

/** Reads a Pod object of the API; undefined for anything else. */
export function readPod(value: Json | undefined): Pod | undefined {
  const pod = asObject(value);
  const metadata = asObject(get(pod, 'metadata'));
  const uid = asText(get(metadata, 'uid'));
  const name = asText(get(metadata, 'name'));
  if (uid === undefined || name === undefined) return undefined;
  const statuses = objects(get(asObject(get(pod, 'status')), 'containerStatuses'));
  const containers = objects(get(asObject(get(pod, 'spec')), 'containers')).flatMap((container) => {
    const own = asText(get(container, 'name'));
    const status = statuses.find((one) => get(one, 'name') === own);
    return own === undefined ? [] : [readStatus(own, status)];
  });
  return { uid, name, containers };
}

function readStatus(name: string, status: JsonObject | undefined): ContainerStatus {
  const state = asObject(get(status, 'state'));
  const last = asObject(get(status, 'lastState'));
  const restarts = get(status, 'restartCount');
  const isRunning = get(state, 'running') !== undefined;
  // Between a crash and the next start the state is "waiting", and the log is still that of the instance that crashed.
  const isEnded = get(state, 'terminated') !== undefined || get(last, 'terminated') !== undefined;
  return {
    name,
    restarts: typeof restarts === 'number' ? restarts : 0,
    state: isRunning ? 'running' : isEnded ? 'ended' : 'waiting',
  };
}

function objects(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
