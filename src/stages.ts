import { randomBytes, type KeyObject } from 'node:crypto';
import type { Config } from './config/config.ts';
import { currentKey } from './destinations/viewed.ts';
import type { Gate, Stages } from './pipeline/decide.ts';
import { createEventIds } from './pipeline/event-ids.ts';
import { redactOptions } from './redact/options.ts';
import { createRedactor } from './redact/redactor.ts';
import { compileRules } from './rules/compile.ts';

/** What decides about events, as the configuration says; rules that remember nothing yet, `rules` instead of all if given. */
export function stagesOf(config: Config, rules = config.rules): Stages {
  const titleFields = config.redact.pseudonymize !== undefined || hasView(config);
  return { ...gateOf(config), rules: compileRules(rules, config.silences, { titleFields }).rules };
}

/** The same without rules, for who only reads events. */
export function gateOf(config: Config): Gate {
  return {
    redactor: createRedactor(redactOptions(config.redact)),
    ids: createEventIds(pseudonymKey(config), alertKey(config)),
  };
}

function pseudonymKey({ redact }: Config): Uint8Array | undefined {
  return redact.pseudonymize && currentKey(redact.pseudonymize);
}

let ownKey: Uint8Array | undefined;

/**
 * A key of the configuration if it has one, so that the same alert has the same id in a second herald and with another journal. One of
 * this process where something is hidden without any; none where nothing is.
 */
function alertKey(config: Config): Uint8Array | KeyObject | undefined {
  const { journal } = config;
  const key = pseudonymKey(config);
  if (key !== undefined) return key;
  if (journal.encryption?.key !== undefined) return journal.encryption.key;
  if (!hasView(config)) return undefined;
  return (ownKey ??= randomBytes(32));
}

function hasView({ destinations }: Config): boolean {
  return [...destinations.values()].some(({ view }) => view !== undefined);
}
