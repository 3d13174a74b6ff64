import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Json } from '../../src/core/json.ts';
import type { SourceDeps } from '../../src/sources/source.ts';
import { kubernetes } from '../../src/sources/kubernetes/kubernetes.ts';
import { SkippingClock } from '../support/clock.ts';
import { rotateToken, writeAccount } from '../support/kube-api/account.ts';
import { Cluster, type TestContainer } from '../support/kube-api/cluster.ts';
import { KubeApi } from '../support/kube-api/server.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { makeCertificates } from '../support/receivers/certificates.ts';
import { collect, waitFor, type Collected } from '../support/source.ts';

/** A cluster with its API server, and what a pod is given to talk to it. */
export interface World {
  readonly cluster: Cluster;
  readonly api: KubeApi;
  readonly account: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  rotateToken(): void;
}

/** A source at work. */
export interface Running {
  readonly out: Collected;
  /** As at a SIGTERM: what is written is still read. */
  readonly drain: () => Promise<void>;
  /** As when the configuration takes it out, or as near to a kill as a test can come. */
  readonly stop: () => Promise<void>;
  readonly done: Promise<void>;
  /** Lets minutes pass. */
  readonly clock: SkippingClock;
}

const certificates = makeCertificates();
process.on('exit', () => rmSync(certificates.directory, { recursive: true, force: true }));

export async function startWorld(context: TestContext): Promise<World> {
  const cluster = new Cluster();
  const api = await KubeApi.start(cluster, certificates);
  const { ca } = certificates;
  const account = writeAccount(join(certificates.directory, `account-${api.port}`), api, ca);
  context.after(() => api.close());
  return { cluster, api, account, ca, rotateToken: () => rotateToken(account, api) };
}

/** Runs a source over the world, with the checkpoints of an earlier one. */
export function start(
  context: TestContext,
  { api, account }: World,
  more: Record<string, unknown> = {},
  checkpoints?: ReadonlyMap<string, Json>,
  out = collect(),
  accept: SourceDeps['accept'] = (batch) => out.deps.accept(batch),
): Running {
  const config = {
    containers: ['server', 'worker'],
    start_at: 'beginning',
    service_account: account,
    max_line: 64 * 1024,
    invalid_identifier: false,
    ...more,
  };
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(api.port) };
  const kept = new Map([...(checkpoints ?? [])].filter(([, value]) => value !== null));
  const drain = new AbortController();
  const stop = new AbortController();
  const clock = new SkippingClock();
  // The shortest wait between attempts.
  const random = (): number => 0;
  const done = kubernetes
    .create(config, { ...out.deps, accept, env, random, clock, checkpoints: kept })
    .run(drain.signal, stop.signal);
  const end = (): Promise<void> => {
    drain.abort();
    stop.abort();
    return done;
  };
  context.after(() => end().catch(() => undefined));
  done.catch(() => undefined);
  return {
    out,
    done,
    clock,
    stop: end,
    drain: () => {
      drain.abort();
      return done;
    },
  };
}

/** An event and an access line for each serial from `from` to below `to`. */
export function lines(from: number, to: number): string[] {
  return range(from, to).flatMap((serial) => [eventLine(serial), accessLine]);
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

/** Resolves when each of the serials has come; then nothing may have come twice, and no line may be counted twice. */
export async function complete({ out }: Running, count: number): Promise<void> {
  await waitFor(() => out.counts.access === count, `${count} lines`);
  assert.deepEqual(out.serials(), range(0, count));
  assert.deepEqual(out.counts, { event: count, access: count });
}

/** A source that has read the first ten events of a container, and the lines between them. */
export async function begin(context: TestContext, world: World, container: TestContainer): Promise<Running> {
  container.write(...lines(0, 10));
  const running = start(context, world);
  await waitFor(() => running.out.counts.access === 10, 'the first lines');
  return running;
}
