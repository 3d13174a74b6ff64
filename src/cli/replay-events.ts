import type { Config } from '../config/config.ts';
import { alertAction } from '../core/action.ts';
import type { SafeEvent } from '../core/event.ts';
import { openJournalReader } from '../journal/reader.ts';
import { admit } from '../pipeline/decide.ts';
import { fromStored } from '../redact/redactor.ts';
import { gateOf } from '../stages.ts';
import { readLogs } from './read-logs.ts';

const pageEvents = 1000;

/**
 * The journal's events since a time, in the order of their writing, without those that rules made: they are made anew.
 * Throws OperationalError.
 */
export function* journalEvents(config: Config, sinceMs: number): Generator<SafeEvent> {
  const journal = openJournalReader(config.journal, fromStored);
  try {
    let afterSeq = 0;
    while (true) {
      const page = journal.search({ sinceMs, afterSeq, order: 'oldest', limit: pageEvents });
      for (const { event } of page) if (event.action !== alertAction) yield event;
      const last = page.at(-1);
      if (last === undefined) return;
      afterSeq = last.seq;
    }
  } finally {
    journal.close();
  }
}

/** The events of log files, redacted as the daemon would, in the order of the files. Throws OperationalError. */
export async function* fileEvents(config: Config, paths: readonly string[]): AsyncGenerator<SafeEvent> {
  const gate = gateOf(config);
  for await (const { events } of readLogs(paths, false)) for (const raw of events) yield admit(gate, raw).event;
}
