import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { booksOfJournal, serialsOfJournal } from '../support/accounting.ts';
import { startDaemon, temporaryFolder, writeConfig } from '../support/daemon.ts';
import { writeAccount } from '../support/kube-api/account.ts';
import { Cluster } from '../support/kube-api/cluster.ts';
import { KubeApi } from '../support/kube-api/server.ts';
import { accessLine, eventLine } from '../support/lines.ts';
import { makeCertificates } from '../support/receivers/certificates.ts';
import { startSink, type Sink } from '../support/sink.ts';
import { waitFor } from '../support/source.ts';

const name = 'through the API, over kill -9, restarts of containers and broken connections: each event once';
/** Ten seconds of work, and ninety where a disk takes its time for every batch. */
const generous = { timeout: 900_000 };

test(name, generous, async (context) => {
  const folder = temporaryFolder(context);
  const certificates = makeCertificates();
  context.after(() => rmSync(certificates.directory, { recursive: true }));
  const cluster = new Cluster();
  const api = await KubeApi.start(cluster, certificates);
  context.after(() => api.close());
  const account = writeAccount(join(folder, 'account'), api, certificates.ca);
  const sink = await startSink(context);
  const batch = 'batch: {items: 200, bytes: 1MiB, wait: 10ms}';
  writeConfig(folder, `{type: webhook, url: "${sink.url}", encoding: ndjson, ${batch}}`, '', {
    source: `{type: kubernetes, containers: [server], start_at: beginning, service_account: ${account}}`,
  });
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(api.port) };
  const containers = [0, 1, 2].map((at) => cluster.addPod(`server-${at}`).container());

  let written = 0;
  const write = (count: number): void => {
    for (const until = written + count; written < until; written += 1)
      containers[written % containers.length]?.write(eventLine(written), accessLine);
  };
  for (const moment of [700, 100, 900, 400]) {
    write(1500);
    const before = written;
    const daemon = startDaemon(context, folder, ['run'], env);
    await daemon.logged('"reading"');
    // Lines come one by one, connections break, and then it is killed while all of it goes on.
    for (let ms = 0; ms < moment; ms += 20) {
      write(7);
      if (ms % 400 === 200) api.breakAll();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // The API keeps two instances: before another restart, the one before it has to be read.
    const isRestart = moment > 600;
    if (isRestart) await waitFor(() => distinctBelow(sink, before) === before, 'the events from before the start');
    write(500);
    daemon.process.kill('SIGKILL');
    await daemon.exited();
    write(50);
    if (isRestart) for (const container of containers) container.restart();
  }
  const last = startDaemon(context, folder, ['run'], env);
  write(100);
  await waitFor(() => sink.distinct() === written, `${written} events at the sink`);
  last.process.kill('SIGTERM');
  assert.equal(await last.exited(), 0, last.log());
  const journal = join(folder, 'journal');
  assert.deepEqual(
    serialsOfJournal(journal).toSorted((a, b) => a - b),
    Array.from({ length: written }, (_, at) => at),
  );
  assert.deepEqual(booksOfJournal(journal).lines, { event: written, access: written });
  // They have ended with herald, of which this process may learn later.
  await waitFor(() => api.connections === 0, 'the end of all connections');
});

function distinctBelow({ accepted }: Sink, limit: number): number {
  return new Set(accepted.filter((serial) => serial < limit)).size;
}
