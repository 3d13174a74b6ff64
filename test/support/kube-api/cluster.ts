import { InstanceLog } from './log.ts';

/** One change of a pod, as a watch tells it. */
export interface ClusterEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  /** The pod as it was told. */
  readonly pod: TestPod;
  readonly object: object;
}

/** What containers of a namespace do, and what the API server says of it. The test is the kubelet. */
export class Cluster {
  readonly namespace: string;
  readonly pods = new Map<string, TestPod>();
  /** Everything since the oldest version that a watch may start from. */
  events: ClusterEvent[] = [];
  oldest = 0;
  version = 1;
  readonly #listeners = new Set<() => void>();
  #uids = 0;
  #nanos = 0n;

  constructor(namespace = 'authentik') {
    this.namespace = namespace;
  }

  /** A running pod. */
  addPod(name: string, containers: readonly string[] = ['server'], labels: Labels = authentikLabels): TestPod {
    this.#uids += 1;
    const pod = new TestPod(this, name, `uid-${this.#uids}`, containers, labels);
    this.pods.set(name, pod);
    this.tell('ADDED', pod);
    return pod;
  }

  /** Puts the state of a pod into the list and tells the watches. */
  tell(type: ClusterEvent['type'], pod: TestPod): void {
    this.version += 1;
    pod.told = pod.toObject(this.version);
    if (type === 'DELETED') this.pods.delete(pod.name);
    this.events.push({ type, version: this.version, pod, object: pod.told });
    this.#wake();
  }

  /** Forgets the past: watches that start before now get 410, and those that are open an ERROR. */
  compact(): void {
    this.version += 1;
    this.events = [];
    this.oldest = this.version;
    this.#wake();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The time of the next line: a millisecond after the one before, from 2026-01-15T09:00:00Z. */
  nextTime(stepNanos = 1_000_000n): string {
    const time = timeOf(this.#nanos);
    this.#nanos += stepNanos;
    return time;
  }

  /** Nothing is written for so long. */
  silence(seconds: number): void {
    this.#nanos += BigInt(seconds) * 1_000_000_000n;
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
  }
}

export type Labels = { readonly [name: string]: string };

const authentikLabels: Labels = { 'app.kubernetes.io/name': 'authentik' };

/** Nanoseconds after the beginning of the test's day. */
export function timeOf(nanos: bigint): string {
  const second = new Date(Date.parse('2026-01-15T09:00:00Z') + Number(nanos / 1_000_000_000n) * 1000);
  return `${second.toISOString().slice(0, 19)}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`;
}

export class TestPod {
  readonly cluster: Cluster;
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly containers: ReadonlyMap<string, TestContainer>;
  phase: 'Running' | 'Succeeded' | 'Failed' = 'Running';
  /** As the API server knows it, which may be behind. */
  told: object = {};

  constructor(cluster: Cluster, name: string, uid: string, containers: readonly string[], labels: Labels) {
    this.cluster = cluster;
    this.name = name;
    this.uid = uid;
    this.labels = labels;
    this.containers = new Map(containers.map((one) => [one, new TestContainer(this, one)]));
  }

  container(name = 'server'): TestContainer {
    const found = this.containers.get(name);
    if (found === undefined) throw new Error(`no container ${name}`);
    return found;
  }

  /** The API server learns how the pod is. */
  tell(): void {
    this.cluster.tell('MODIFIED', this);
  }

  /** All containers end for good. */
  finish(phase: 'Succeeded' | 'Failed'): void {
    this.phase = phase;
    for (const container of this.containers.values()) container.log.end();
    this.tell();
  }

  /** The containers end, and the object is gone. */
  delete(): void {
    for (const container of this.containers.values()) container.log.end();
    this.cluster.tell('DELETED', this);
  }

  toObject(version: number): object {
    const containers = [...this.containers.values()];
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: this.name,
        namespace: this.cluster.namespace,
        uid: this.uid,
        resourceVersion: String(version),
        labels: this.labels,
      },
      spec: {
        initContainers: [{ name: 'herald', image: 'herald', restartPolicy: 'Always' }],
        containers: containers.map(({ name }) => ({ name, image: 'authentik' })),
      },
      status: { phase: this.phase, containerStatuses: containers.map((container) => container.toStatus()) },
    };
  }
}

/** One container over its restarts. What happens here is told to the API server at once, unless `isTold` is false. */
export class TestContainer {
  readonly pod: TestPod;
  readonly name: string;
  readonly logs: InstanceLog[] = [new InstanceLog()];
  isWaiting = false;

  constructor(pod: TestPod, name: string) {
    this.pod = pod;
    this.name = name;
  }

  get restarts(): number {
    return this.logs.length - 1;
  }

  /** The log of the instance that runs or ran last. */
  get log(): InstanceLog {
    const last = this.logs.at(-1);
    if (last === undefined) throw new Error('a container has at least one log');
    return last;
  }

  get previous(): InstanceLog | undefined {
    return this.logs.at(-2);
  }

  write(...texts: readonly string[]): void {
    this.log.write(...texts.map((text) => ({ time: this.pod.cluster.nextTime(), text })));
  }

  crash(isTold = true): void {
    this.log.end();
    if (isTold) this.pod.tell();
  }

  /** The instance ends, if it has not yet, and another one begins. */
  restart(isTold = true): void {
    this.log.end();
    this.logs.push(new InstanceLog());
    if (isTold) this.pod.tell();
  }

  toStatus(): object {
    const at = '2026-01-15T09:00:00Z';
    const terminated = { terminated: { exitCode: 1, reason: 'Error', startedAt: at, finishedAt: at } };
    const { isRunning } = this.log;
    const isOver = this.pod.phase !== 'Running';
    const state = this.isWaiting
      ? { waiting: { reason: 'ContainerCreating' } }
      : isRunning
        ? { running: { startedAt: at } }
        : isOver
          ? terminated
          : { waiting: { reason: 'CrashLoopBackOff' } };
    const hasEnded = this.restarts > 0 || (!isRunning && !isOver);
    return {
      name: this.name,
      ready: isRunning,
      restartCount: this.restarts,
      image: 'authentik',
      imageID: '',
      state,
      lastState: hasEnded ? terminated : {},
    };
  }
}
