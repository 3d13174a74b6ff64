import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { addCounts, families, type FamilyCounts } from '../core/family.ts';
import { OperationalError } from '../core/errors.ts';
import type { Event, SafeEvent } from '../core/event.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { createDecoder } from '../decode/create.ts';
import type { Decoder } from '../decode/decoder.ts';
import { createRedactor } from '../redact/redactor.ts';
import { redactOptions } from '../redact/options.ts';
import { renderMessage } from '../render/message.ts';
import { terminalText } from '../render/terminal.ts';
import { compileRules, type Explanation } from '../rules/rules.ts';
import { originOf } from '../sources/file/origin.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';

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

async function tryFiles(config: Config, options: TryOptions): Promise<FamilyCounts> {
  const redactor = createRedactor(redactOptions(config.redact));
  const { rules } = compileRules(config.rules);
  const show = (raw: Event): void => {
    const { event } = redactor.redact(raw);
    const explained = rules.explain(event, systemClock.now());
    rules.evaluate(event, systemClock.now());
    process.stdout.write(
      options.json === true ? jsonLine(event, explained, config) : eventText(event, explained, config),
    );
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

function jsonLine(event: SafeEvent, { rules, suppressed }: Explanation, config: Config): string {
  const sends = rules
    .filter(({ fires }) => fires)
    .map(({ rule }) => ({ rule, destinations: destinationsOf(rule, config) }));
  return `${JSON.stringify({ event, sends, ...(suppressed !== undefined && { suppressed }), rules })}\n`;
}

function eventText(event: SafeEvent, { rules, suppressed }: Explanation, config: Config): string {
  const message = renderMessage(event, { rule: '', severity: 'notice', authentikUrl: config.authentikUrl });
  const lines = [
    `${message.time} ${terminalText(event.action)}: ${terminalText(message.title)}`,
    `  ${terminalText(message.summary)}`,
  ];
  if (suppressed !== undefined)
    lines.push(
      `  nothing is sent: ${suppressed === 'policy_loop' ? 'a rule would trigger itself' : "herald's own delivery caused it"}`,
    );
  for (const { rule, fires, reason, policies } of rules) {
    lines.push(
      fires ? `  + ${rule} -> ${destinationsOf(rule, config).join(', ')}` : `  - ${rule}: ${terminalText(reason)}`,
    );
    if (fires) continue;
    for (const policy of policies) if (!policy.passes) lines.push(`      ${terminalText(policy.reason)}`);
  }
  return `${lines.join('\n')}\n`;
}

function destinationsOf(name: string, { rules }: Config): readonly string[] {
  return rules.find((rule) => rule.name === name)?.destinations ?? [];
}

function countsText(counts: FamilyCounts): string {
  const total = families.reduce((sum, family) => sum + (counts[family] ?? 0), 0);
  const parts = families.flatMap((family) => (counts[family] === undefined ? [] : [`${counts[family]} ${family}`]));
  return `${total} lines: ${parts.join(', ')}`;
}
