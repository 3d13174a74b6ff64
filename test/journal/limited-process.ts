import { OperationalError } from '../../src/core/errors.ts';
import { openJournal } from '../../src/journal/open.ts';
import { batchOf } from './crash-batch.ts';
import { restore, t0 } from './records.ts';

// Started by io.test.ts where writes are refused: appends until it is refused, four times, and says what it got.
const journal = openJournal(
  { path: process.argv[2] ?? '', retentionMs: 86_400_000, maxBytes: 1e9, whenFull: 'block' },
  { restore, nowMs: t0, log: { info: () => undefined, error: () => undefined } },
);
const codes: string[] = [];
const messages: string[] = [];
let written = 0;
while (codes.length < 4 && written < 1000) {
  try {
    journal.append(batchOf(written), t0);
    written += 1;
  } catch (error) {
    codes.push(error instanceof OperationalError ? error.code : String(error));
    messages.push(error instanceof Error ? error.message : '');
  }
}
process.stdout.write(JSON.stringify({ codes, messages, written, made: journal.queue('chat').made }));
