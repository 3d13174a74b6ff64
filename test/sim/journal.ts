import type { Journal } from '../../src/journal/journal.ts';
import { OperationalError } from '../../src/core/errors.ts';
import type { Dice } from './plan.ts';

/** The process is gone: nothing that it still does may have an effect. */
export class Crash extends Error {
  constructor() {
    super('crashed');
    this.name = 'Crash';
  }
}

/** The fate of one process: when it crashes, how often its disk fails. */
export interface Fate {
  dead: boolean;
  /** Crashes at this operation of the journal from now, before or after its effect; undefined: not by itself. */
  operationsLeft: number | undefined;
  faultOneIn: number;
  /** Operations that failed so far. */
  faults: number;
}

export interface JournalHooks {
  /** Before the process dies in an operation. */
  died(): void;
  /** An operation changed what is due. */
  changed(): void;
  /** An operation that waits for the disk took effect. */
  durable(): void;
  /** The process is about to close the journal. */
  closing(): void;
}

/**
 * The journal as a process in danger sees it: its operations fail by dice without any effect, and end with the process. Questions
 * and closing are left alone.
 */
export function endangered(journal: Journal, fate: Fate, dice: Dice, hooks: JournalHooks): Journal {
  const risky = <R>(operation: () => R): R => {
    if (fate.dead) throw new Crash();
    const dies = fate.operationsLeft !== undefined && (fate.operationsLeft -= 1) < 0;
    const fails = fate.faultOneIn > 0 && dice.oneIn(fate.faultOneIn);
    // A transaction that failed is rolled back; a crash may come on either side of one.
    if (dies && dice.oneIn(2)) throw die();
    if (fails && !dies) throw fault();
    const result = operation();
    if (dies) throw die();
    return result;
  };
  const changing = <R>(operation: () => R): R => {
    hooks.changed();
    return operation();
  };
  const die = (): Crash => {
    fate.dead = true;
    hooks.died();
    return new Crash();
  };
  const fault = (): OperationalError => {
    fate.faults += 1;
    return new OperationalError(dice.pick(['io', 'disk_full']), 'the disk failed');
  };
  return {
    ...journal,
    append: (batch, nowMs) =>
      risky(() => {
        const result = changing(() => journal.append(batch, nowMs));
        hooks.durable();
        return result;
      }),
    checkpoints: (source) => risky(() => journal.checkpoints(source)),
    lease: (destination, limit, nowMs, underWay) => risky(() => journal.lease(destination, limit, nowMs, underWay)),
    nextDue: (destination, nowMs) => risky(() => journal.nextDue(destination, nowMs)),
    settle: (destination, settlements, nowMs) =>
      risky(() => changing(() => journal.settle(destination, settlements, nowMs))),
    maintain: (nowMs) => risky(() => changing(() => journal.maintain(nowMs))),
    close() {
      if (fate.dead) return;
      hooks.closing();
      journal.close();
    },
  };
}
