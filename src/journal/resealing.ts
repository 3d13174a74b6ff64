import type { SQLInputValue } from 'node:sqlite';
import type { Form } from './codec.ts';
import type { JournalLog } from './journal.ts';

/** Under way: every record gets the form of now, then what the old ones left behind is overwritten. */
export interface Resealing {
  /** Forms that records may still have, beside that of now. */
  readonly others: readonly Form[];
  readonly log: JournalLog;
  step: number;
  /** The row of the present table up to which all is done. */
  after: SQLInputValue;
  rewritten: number;
}
