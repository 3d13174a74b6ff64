import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { addCounts, families, type FamilyCounts } from '../core/family.ts';
import { OperationalError } from '../core/errors.ts';
import { withViews, type Event } from '../core/event.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { createDecoder } from '../decode/create.ts';
import type { Decoder } from '../decode/decoder.ts';
import { createRedactor } from '../redact/redactor.ts';
import { redactOptions } from '../redact/options.ts';
import type { Alert } from '../rules/alert.ts';
import { compileRules } from '../rules/rules.ts';
import { originOf } from '../sources/file/origin.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { eventText, jsonLine, trialOf } from './trial.ts';

/** `herald try`: reads lines to their end and prints what would be sent to whom and why not. Sends and stores nothing. */
export const tryOut: CliCommand = {
  register(program) {
    program
      .command('try')
      .description(
        'read lines from files or standard input and print per event what would be sent to whom, and why not',
      )
      .addOption(configOption())
      .option('--file <log...>', 'log files, also .gz; rotated ones in the order in which they were written')
      .option('--json', 'one JSON object per event')
      .option(
        '--invalid-identifier',
        'take logins with unknown user names for events, as the option of the sources does',
      )
      .action(async (options: TryOptions) => {
        const config = readConfig(options.config);
        const counts = await tryFiles(config, options);
        if (options.json !== true) process.stdout.write(`${countsText(counts)}\n`);
      });
  },
};

interface TryOptions {
  readonly config: string;
  readonly file?: readonly string[];
  readonly json?: true;
  readonly invalidIdentifier?: true;
}

const maxLineBytes = 4 * 1024 * 1024;
const farMs = 366 * 86_400_000;

async function tryFiles(config: Config, options: TryOptions): Promise<FamilyCounts> {
  const redactor = createRedactor(redactOptions(config.redact));
  const { rules } = compileRules(config.rules, config.silences);
  const print = options.json === true ? jsonLine : eventText;
  const tell = (alerts: readonly Alert[]): void => {
    for (const { facts, rule, destinations } of alerts) {
      const { event } = redactor.redact(withViews(facts));
      process.stdout.write(print({ event, sends: [{ rule, destinations }], rules: [] }, config));
    }
  };
  const show = (raw: Event): void => {
    const nowMs = systemClock.now();
    const { event } = redactor.redact(raw);
    const explained = rules.explain(event, nowMs);
    const evaluation = rules.evaluate(event, nowMs);
    process.stdout.write(print(trialOf(event, explained, evaluation), config));
    tell(evaluation.alerts ?? []);
    tell(rules.due(nowMs));
  };
  const total: FamilyCounts = {};
  const decoders = new Map<string, Decoder>();
  const lookalikes = options.invalidIdentifier === true;
  for (const path of options.file ?? ['-']) {
    const log = logOf(path);
    const decoder = decoders.get(log) ?? createDecoder({ origin: originOf(log), maxLineBytes, lookalikes });
    decoders.set(log, decoder);
    await readInto(path, (bytes) => {
      const decoded = decoder.push(bytes);
      addCounts(total, decoded.counts);
      for (const event of decoded.events) show(event);
    });
  }
  for (const decoder of decoders.values()) {
    const decoded = decoder.end();
    addCounts(total, decoded.counts);
    for (const event of decoded.events) show(event);
  }
  // What is held back is told sooner or later: here at once, because nothing more will come.
  tell(rules.due(systemClock.now() + farMs).filter(({ facts }) => facts.context['kind'] !== 'absence'));
  return total;
}

/** The log that a rotated file belongs to: a line may begin in one file and end in the next. */
function logOf(path: string): string {
  return path.replace(/\.gz$/, '').replace(/\.\d{8}-\d{6}$/, '');
}

async function readInto(path: string, push: (bytes: Buffer) => void): Promise<void> {
  const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) push(chunk);
  };
  try {
    if (path === '-') await take(process.stdin);
    else if (path.endsWith('.gz')) await pipeline(createReadStream(path), createGunzip(), take);
    else await take(createReadStream(path));
  } catch (error) {
    throw new OperationalError('io', `cannot read ${path}: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}

function countsText(counts: FamilyCounts): string {
  const total = families.reduce((sum, family) => sum + (counts[family] ?? 0), 0);
  const parts = families.flatMap((family) => (counts[family] === undefined ? [] : [`${counts[family]} ${family}`]));
  return `${total} lines: ${parts.join(', ')}`;
}
