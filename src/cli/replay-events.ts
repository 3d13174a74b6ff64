import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Config } from '../config/config.ts';
import { alertAction } from '../core/action.ts';
import { OperationalError } from '../core/errors.ts';
import type { SafeEvent } from '../core/event.ts';
import { createDecoder } from '../decode/create.ts';
import { openJournalReader } from '../journal/reader.ts';
import { redactOptions } from '../redact/options.ts';
import { createRedactor, fromStored } from '../redact/redactor.ts';
import { originOf } from '../sources/file/origin.ts';

const pageEvents = 1000;
const maxLineBytes = 4 * 1024 * 1024;

/**
 * The journal's events since a time, in the order of their writing, without those that rules made: they are made anew.
 * Throws OperationalError.
 */
export function* journalEvents(config: Config, sinceMs: number): Generator<SafeEvent> {
  const journal = openJournalReader(config.journal.path, fromStored);
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
export function* fileEvents(config: Config, paths: readonly string[]): Generator<SafeEvent> {
  const redactor = createRedactor(redactOptions(config.redact));
  for (const path of paths) {
    const decoder = createDecoder({ origin: originOf(path), maxLineBytes, lookalikes: false });
    for (const raw of [...decoder.push(read(path)).events, ...decoder.end().events]) yield redactor.redact(raw).event;
  }
}

function read(path: string): Buffer {
  try {
    const bytes = readFileSync(path);
    return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    throw new OperationalError('io', `cannot read ${path}: ${said}`, { cause: error });
  }
}
