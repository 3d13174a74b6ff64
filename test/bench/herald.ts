import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GeneratedLog } from './generate.ts';
import { start, type Measured } from './measure.ts';
import type { Sink } from './sink.ts';
import { checkedRun, type RunResult } from './throughput.ts';

/** How one daemon of the bench is set up. */
interface HeraldOptions {
  readonly file: string;
  readonly url: string;
  /** `single` is one request per event, at once. */
  readonly encoding: 'single' | 'ndjson';
}

/** A folder with the configuration, the journal and the daemon's own log. */
export interface HeraldHome {
  readonly dir: string;
  readonly journal: string;
  readonly log: string;
  start(): Measured;
  remove(): void;
}

const bundle = fileURLToPath(new URL('../../dist/herald.cjs', import.meta.url));

/** Writes the configuration: the file from its head, redaction as it is by default, one rule, the journal, one webhook. */
export function heraldHome({ file, url, encoding }: HeraldOptions, scratch: string): HeraldHome {
  if (!existsSync(bundle)) throw new Error('dist/herald.cjs is missing: npm run build');
  const dir = mkdtempSync(join(scratch, 'herald-'));
  const journal = join(dir, 'journal');
  const log = join(dir, 'herald.log');
  const config = join(dir, 'config.yaml');
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      instance: 'bench',
      sources: [{ type: 'file', name: 'server', paths: [file], start_at: 'beginning' }],
      // Enough for the whole file, so that pruning takes nothing from what is counted at the end.
      journal: { path: journal, retention: 'days=3650', max_size: '8GiB' },
      rules: [{ name: 'all', policies: [{ expression: 'event.action != ""' }], destinations: ['sink'] }],
      destinations: {
        sink: {
          type: 'webhook',
          url,
          encoding,
          format: 'herald',
          ...(encoding === 'ndjson' && { batch: { items: 2000, bytes: '4MiB', wait: '50ms' } }),
        },
      },
      server: { listen: 'off' },
      log: { level: 'warn' },
    }),
  );
  return {
    dir,
    journal,
    log,
    start: () => start(bundle, ['run', '-c', config], log),
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** Reads the whole file once with an empty journal. */
export async function runHerald(log: GeneratedLog, sink: Sink, scratch: string): Promise<RunResult> {
  const home = heraldHome({ file: log.file, url: sink.url, encoding: 'ndjson' }, scratch);
  try {
    return await checkedRun('herald', sink, log.events, () => home.start());
  } catch (cause) {
    throw new Error(`herald's log: ${tail(home.log)}`, { cause });
  } finally {
    home.remove();
  }
}

/** The end of a log, for an error message. */
export function tail(log: string): string {
  return readFileSync(log, 'utf8').slice(-2000);
}
