import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { Config, DestinationConfig } from '../config/config.ts';
import { testAction } from '../core/action.ts';
import { systemClock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { viewed } from '../destinations/viewed.ts';
import { fromStored } from '../redact/redactor.ts';
import { terminalText } from '../render/terminal.ts';
import { answerInWords } from './answer.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { destinationNamed } from './destination.ts';
import { exitCodes } from './exit.ts';
import { showsColours, writeEvents } from './output.ts';

/**
 * `herald send-test`: one marked message through the real destination, the answer in words, exit code 0 or 1. Needs no
 * journal and no running herald.
 */
export const sendTest: CliCommand = {
  register(program) {
    program
      .command('send-test')
      .description('send one marked test message to a destination and tell in words what it answered')
      .argument('<destination>', 'its name in the configuration')
      .addOption(configOption())
      .action(async (name: string, { config: file }: { config: string }, command: Command) => {
        const config = readConfig(file);
        const { text, arrived } = await send(destinationNamed(name, config, command), config);
        process.stdout.write(text);
        if (!arrived) process.exitCode = exitCodes.failed;
      });
  },
};

const unlisted = 'Nothing was written: only a running herald puts notifications on its own list.';

async function send(
  { name, kind, options, common, view }: DestinationConfig,
  config: Config,
): Promise<{ readonly text: string; readonly arrived: boolean }> {
  let listed = false;
  const whole = kind.create(options, {
    name,
    instance: config.instance,
    authentikUrl: config.authentikUrl,
    runbook: () => undefined,
    clock: systemClock,
    common,
    // The journal may belong to a running herald.
    inbox: { put: () => (listed = true) },
    stdout: writeEvents,
    colours: showsColours(),
  });
  const destination = view === undefined ? whole : viewed(whole, view.options, view.pseudonymize);
  const startMs = systemClock.monotonic();
  try {
    const result = await destination.send([testDelivery(name, config.instance)], new AbortController().signal);
    const tookMs = Math.round(systemClock.monotonic() - startMs);
    const { arrived, lines } = answerInWords(result, kind.guide.failures, {
      tookMs,
      proxied: common.proxy !== undefined,
      hint: listed ? unlisted : 'Look there for "Test message from herald".',
    });
    const [head, ...rest] = lines.map(terminalText);
    return { text: [`${terminalText(name)}: ${head}`, ...rest.map((line) => `  ${line}`), ''].join('\n'), arrived };
  } finally {
    await destination.close();
  }
}

/** A message that says what it is, under a key of its own each time, so that no receiver takes it for the last one. */
function testDelivery(destination: string, instance: string): Delivery {
  const id = randomBytes(16).toString('hex');
  const context = { destination, instance };
  const json = JSON.stringify({ id, at: systemClock.now(), action: testAction, user: {}, context, origin: {} });
  return {
    key: `${id}.00000000`,
    event: fromStored(json),
    bytes: Buffer.from(json),
    rule: 'herald send-test',
    severity: 'notice',
    attempts: 0,
  };
}
