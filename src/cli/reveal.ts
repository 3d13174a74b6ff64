import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { pseudonymsOf } from '../destinations/viewed.ts';
import type { JournalQueries } from '../journal/journal.ts';
import { openJournalReader } from '../journal/reader.ts';
import { parsePseudonym, type Pseudonyms } from '../redact/pseudonym.ts';
import { fromStored } from '../redact/redactor.ts';
import { eachValue } from '../redact/view/values.ts';
import { isoTime } from '../render/message.ts';
import { terminalText } from '../render/terminal.ts';
import type { CliCommand } from './command.ts';
import { configOption, readConfig } from './config.ts';
import { exitCodes } from './exit.ts';
import { jsonLine } from './output.ts';

/** `herald reveal`: for whom pseudonyms stand, found in the journal with the keys of the configuration; exit code 1 when one is not. */
export const reveal: CliCommand = {
  register(program) {
    program
      .command('reveal')
      .description('tell for whom pseudonyms stand: needs the keys of the configuration and the events in the journal')
      .argument('<pseudonym...>', 'like user-7f3a-9c01d2e4b5a69788')
      .addOption(configOption())
      .option('--json', 'one JSON object per pseudonym')
      .action((asked: readonly string[], options: RevealOptions, command: Command) => {
        if (!revealAll(asked, options, command)) process.exitCode = exitCodes.failed;
      });
  },
};

interface RevealOptions {
  readonly config: string;
  readonly json?: true;
}

/** Prints an answer for each; true when all are found. */
function revealAll(asked: readonly string[], options: RevealOptions, command: Command): boolean {
  const config = readConfig(options.config);
  const { pseudonymize } = config.redact;
  if (pseudonymize === undefined) {
    return command.error(`error: ${config.file} has no redact.pseudonymize.key, so it made no pseudonyms`);
  }
  const wanted = asked.map((text) => {
    const parsed = parsePseudonym(text);
    if (parsed !== undefined) return parsed;
    return command.error(`error: ${JSON.stringify(text)} is no pseudonym: they look like user-7f3a-9c01d2e4b5a69788`);
  });
  const pseudonyms = pseudonymsOf(pseudonymize);
  const journal = openJournalReader(config.journal, fromStored);
  try {
    const found = search(journal, new Set(wanted.map(({ text }) => text)), pseudonyms, valuePaths(config));
    for (const one of wanted) {
      const answer = { pseudonym: one.text, ...answerFor(one, found.get(one.text), pseudonyms) };
      process.stdout.write(options.json === true ? jsonLine(answer) : inWords(answer));
    }
    return wanted.every(({ text }) => found.has(text));
  } finally {
    journal.close();
  }
}

/** A value that the pseudonym stands for, in one of its spellings, and where it stood. */
interface Revealed {
  readonly value: string;
  readonly fields: ReadonlySet<string>;
  readonly events: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

interface Answer {
  readonly pseudonym: string;
  readonly found: boolean;
  /** Why nothing is found. */
  readonly why?: 'unknown key' | 'not in the journal';
  readonly key_id: string;
  readonly known_key_ids?: readonly string[];
  readonly values: readonly {
    readonly value: string;
    readonly fields: readonly string[];
    readonly events: number;
    readonly first: string;
    readonly last: string;
  }[];
}

const pageEvents = 1000;

function valuePaths({ destinations }: Config): readonly (readonly string[])[] {
  return [...destinations.values()].flatMap(({ view }) => view?.options.values ?? []);
}

/** Looks through the whole journal, oldest first. */
function search(
  journal: JournalQueries,
  wanted: ReadonlySet<string>,
  pseudonyms: Pseudonyms,
  paths: readonly (readonly string[])[],
): ReadonlyMap<string, ReadonlyMap<string, Revealed>> {
  const found = new Map<string, Map<string, Revealed>>();
  for (let afterSeq = 0; ;) {
    const page = journal.search({ order: 'oldest', afterSeq, limit: pageEvents });
    for (const { event } of page) {
      const seen = new Set<Revealed>();
      eachValue(event, paths, (kind, value, field) => {
        for (const pseudonym of pseudonyms.all(kind, value)) {
          if (wanted.has(pseudonym)) note(found, pseudonym, value, field, event.at, seen);
        }
      });
    }
    const last = page.at(-1);
    if (last === undefined) return found;
    afterSeq = last.seq;
  }
}

function note(
  found: Map<string, Map<string, Revealed>>,
  pseudonym: string,
  value: string,
  field: string,
  atMs: number,
  seen: Set<Revealed>,
): void {
  const values = found.get(pseudonym) ?? new Map<string, Revealed>();
  found.set(pseudonym, values);
  const before = values.get(value) ?? { value, fields: new Set<string>(), events: 0, firstMs: atMs, lastMs: atMs };
  const fields = new Set(before.fields).add(field);
  const again = seen.has(before);
  const after = {
    value,
    fields,
    events: before.events + (again ? 0 : 1),
    firstMs: Math.min(before.firstMs, atMs),
    lastMs: Math.max(before.lastMs, atMs),
  };
  values.set(value, after);
  seen.add(after);
}

function answerFor(
  { keyId }: { readonly keyId: string },
  values: ReadonlyMap<string, Revealed> | undefined,
  { keyIds }: Pseudonyms,
): Omit<Answer, 'pseudonym'> {
  if (values !== undefined) {
    const list = [...values.values()].map(({ value, fields, events, firstMs, lastMs }) => ({
      value,
      fields: [...fields].toSorted(),
      events,
      first: isoTime(firstMs),
      last: isoTime(lastMs),
    }));
    return { found: true, key_id: keyId, values: list };
  }
  const known = keyIds.includes(keyId);
  return {
    found: false,
    why: known ? 'not in the journal' : 'unknown key',
    key_id: keyId,
    ...(!known && { known_key_ids: keyIds }),
    values: [],
  };
}

function inWords({ pseudonym, why, key_id: keyId, known_key_ids: known = [], values }: Answer): string {
  const lines = values.map(({ value, fields, events, first, last }) => {
    const times = events === 1 ? `once, ${first}` : `in ${events} events from ${first} to ${last}`;
    return `  ${terminalText(value)}  (${fields.join(', ')}), ${times}`;
  });
  if (why === 'unknown key') {
    lines.push(
      `  no key of the configuration has the id ${keyId} (there are: ${known.join(', ')}): put it into redact.pseudonymize.previous`,
    );
  } else if (why !== undefined) {
    lines.push('  not in the journal: no event in it has that value, or it is older than journal.retention');
  }
  return [pseudonym, ...lines, ''].join('\n');
}
