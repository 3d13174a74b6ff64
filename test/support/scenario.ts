import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { FamilyCounts } from '../../src/core/family.ts';
import {
  assertDeliveriesLaw,
  assertLinesLaw,
  assertSerials,
  booksOfJournal,
  booksOfMetrics,
  booksOfReadiness,
  serialsOfJournal,
} from './accounting.ts';
import { startDaemon, temporaryFolder, writeConfig, type Daemon } from './daemon.ts';
import { startKubelet, type Kubelet } from './kubelet/kubelet.ts';
import { lineBytesMax, type Ledger, type LogForm } from './kubelet/ledger.ts';
import { startSink, type Sink } from './sink.ts';
import { waitUntil } from './source.ts';

/** What a scenario needs of a test. */
export interface ScenarioContext {
  after(undo: () => void | Promise<void>): void;
  diagnostic(text: string): void;
}

export interface ScenarioOptions {
  readonly seed: number;
  readonly form?: LogForm;
  readonly rotateBytes?: number;
  /** The folder of the journal; default: in the scenario's own. */
  readonly journal?: string;
  /** More options of the journal and of the destination, as YAML. */
  readonly journalOptions?: string;
  readonly destinationOptions?: string;
}

export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A program and its arguments that start the daemon, strace for instance. */
  readonly under?: readonly string[];
}

/** A log that is written by the kubelet model, the built daemon that reads it, a sink that gets its events. */
export interface Scenario {
  readonly folder: string;
  readonly journal: string;
  readonly kubelet: Kubelet;
  readonly sink: Sink;
  readonly start: (options?: StartOptions) => Daemon;
  /** Resolves when all that was written has been delivered and settled. */
  readonly delivered: (daemon: Daemon, waitMsMax?: number) => Promise<Ledger>;
  /** Waits until all is delivered, then asserts the books of the running daemon, stops it and asserts those of its journal. */
  readonly assertAccounts: (daemon: Daemon, waitMsMax?: number) => Promise<void>;
}

/** Starts the model and the sink of a scenario and writes the configuration. */
export async function startScenario(context: ScenarioContext, options: ScenarioOptions): Promise<Scenario> {
  context.diagnostic(`seed ${options.seed}`);
  const folder = temporaryFolder(context);
  const journal = options.journal ?? join(folder, 'journal');
  const kubelet = await startKubelet(context, folder, options);
  const sink = await startSink(context);
  const manner = options.destinationOptions ?? 'retry: {base: 20ms, max: 200ms}';
  const batch = 'batch: {items: 200, bytes: 1MiB, wait: 10ms}';
  writeConfig(folder, `{type: webhook, url: "${sink.url}", encoding: ndjson, ${batch}, ${manner}}`, '', {
    source: `{type: file, paths: ["${kubelet.paths}"], start_at: beginning, max_line: ${lineBytesMax}}`,
    journal: `{path: ${journal}${options.journalOptions ?? ''}}`,
  });
  /** What the journal held when the daemon that runs now was started: its metrics begin at 0. */
  let before = booksOfJournal(journal);

  return {
    folder,
    journal,
    kubelet,
    sink,
    start({ args = [], env = {}, under = [] } = {}) {
      before = booksOfJournal(journal);
      return startDaemon(context, folder, ['run', ...args], env, under);
    },
    delivered,
    async assertAccounts(daemon, waitMsMax) {
      const ledger = await delivered(daemon, waitMsMax);
      const readiness = booksOfReadiness(await page(daemon, 'readyz'));
      const metrics = booksOfMetrics(await page(daemon, 'metrics'), before);
      daemon.process.kill('SIGTERM');
      assert.equal(await daemon.exited(), 0, daemon.log());
      const kept = booksOfJournal(journal);
      for (const [where, books] of Object.entries({ '/readyz': readiness, '/metrics': metrics, journal: kept })) {
        assertLinesLaw(books.lines, ledger, where);
        assertDeliveriesLaw(books, where);
        assert.deepEqual(books, kept, `${where} says what the journal holds`);
      }
      assertSerials(ledger, serialsOfJournal(journal), sink.accepted);
    },
  };

  async function delivered(daemon: Daemon, waitMsMax = 120_000): Promise<Ledger> {
    const ledger = await kubelet.tell();
    const { events, others, unparsable, oversized } = ledger;
    const lines = events + others + unparsable + oversized;
    await waitUntil(
      async () => {
        assert.equal(daemon.process.exitCode, null, `the daemon ended by itself:\n${daemon.log()}`);
        if (sink.distinct() < events) return false;
        const books = booksOfReadiness(await page(daemon, 'readyz'));
        return books.pending === 0 && sum(books.lines) >= lines;
      },
      () =>
        `${events} events of ${lines} lines, ${sink.distinct()} came; the daemon's log:\n${daemon.log().slice(-3000)}`,
      waitMsMax,
    );
    return ledger;
  }
}

/** A page of the daemon's server, as soon as it listens. */
export async function page(daemon: Daemon, name: 'metrics' | 'readyz' | 'livez'): Promise<string> {
  await daemon.logged('"listening"');
  const port = /"port":(\d+)/.exec(daemon.log())?.[1] ?? '';
  // On a connection of its own: one that is kept may be closed by whoever stood still for five seconds, just when it is used again.
  const headers = { connection: 'close' };
  return (await fetch(`http://127.0.0.1:${port}/${name}`, { headers })).text();
}

const sum = (lines: FamilyCounts): number => Object.values(lines).reduce((total, count) => total + count, 0);
