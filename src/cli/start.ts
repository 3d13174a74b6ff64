import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem, ConfigError, OperationalError } from '../core/errors.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from './config.ts';
import { createLog, runDaemon, summaryText } from './daemon.ts';

// `npm start`: with arguments the command line itself, without any the demo on the sample log.

/** The demo's own journal: it starts afresh each time and never touches a real one. */
const demoJournal = join('herald-data', 'demo');

if (process.argv.length > 2) await import('../cli.ts');
else await demo();

async function demo(): Promise<void> {
  process.chdir(join(import.meta.dirname, '..', '..'));
  rmSync(demoJournal, { recursive: true, force: true });
  const config = demoConfig();
  const { server } = config;
  process.stderr.write(
    `herald demo: examples/authentik.log with the rules of config.example.yaml. Ctrl-C ends it.\n` +
      (server === undefined ? '' : `Metrics and health: http://${server.host}:${server.port}/metrics and /readyz\n\n`),
  );
  const summary = await runOnFreePort(config);
  process.stderr.write(`\nherald demo: ${summaryText(summary)}. It was all in ${demoJournal}.\n`);
}

function demoConfig(): Config {
  try {
    const config = readConfig('config.example.yaml');
    return { ...config, journal: { ...config.journal, path: demoJournal } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.problems.map(formatProblem).join('\n')}\n`);
    return process.exit(78);
  }
}

/** The demo is no reason to stop because a herald runs on this machine already. */
async function runOnFreePort(config: Config): ReturnType<typeof runDaemon> {
  const log = createLog('warn', config.instance);
  try {
    return await runDaemon(config, log, 10_000);
  } catch (error) {
    const { server } = config;
    if (!(error instanceof OperationalError) || error.code !== 'listen' || server === undefined) throw error;
    return await runDaemon({ ...config, server: { ...server, port: 0 } }, log, 10_000);
  }
}
