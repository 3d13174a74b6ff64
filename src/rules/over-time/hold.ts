import { isObject, type Json } from '../../core/json.ts';
import type { Scope } from '../../expression/expression.ts';
import { isoTime } from '../../render/message.ts';
import { createAgenda } from './agenda.ts';
import { byFacts, type Draft } from './draft.ts';
import type { Gate } from './gate.ts';
import { recall, valuesOf, type By } from './key.ts';
import { Memory } from './memory.ts';
import { listIn, numberIn, textIn } from './stored.ts';
import { quote, type EventTitle } from './title.ts';

export interface HoldOptions {
  /** How many notifications pass in a period. */
  readonly count: number;
  readonly periodMs: number;
  readonly by: By;
  readonly eventTitle: EventTitle;
}

/** A period of one key: when it began, how many passed, and what was held back since. Changed in place. */
type Period = {
  readonly from: number;
  passed: number;
  held: number;
  first: number;
  last: number;
  title: string;
};

/**
 * Lets so many notifications of a key pass in a period, which begins with the first of them. What is held back is told in one message when
 * the period is over, when its key has to go for room, or when the next notification comes: it is never lost.
 */
export function createHold({ count, periodMs, by, eventTitle }: HoldOptions): Gate {
  let drafts: Draft[] = [];
  const memory = new Memory<Period>({ evicted: tell, write: writePeriod, read: readPeriod, grow: growPeriod });
  const agenda = createAgenda(memory, ({ from }) => from + periodMs);
  return { memory, take, due, state };

  function state(scope: Scope): string {
    const period = recall(memory, by, scope);
    if (period === undefined) return 'nothing held back';
    return `${period.held} held back, until ${isoTime(period.from + periodMs)}`;
  }

  function take(scope: Scope, atMs: number): ReturnType<Gate['take']> {
    // What lacks a part of the key stands for itself.
    const key = by.keyOf(scope);
    const held = key !== undefined && holds(key.text, scope, atMs);
    return { held, drafts: told() };
  }

  function holds(key: string, scope: Scope, atMs: number): boolean {
    const before = memory.get(key);
    if (before === undefined || atMs >= before.from + periodMs) {
      if (before !== undefined) tell(key, before);
      const period = { from: atMs, passed: 1, held: 0, first: 0, last: 0, title: '' };
      memory.set(key, period);
      agenda.note(period);
      return false;
    }
    if (before.passed < count) {
      before.passed += 1;
      memory.set(key, before);
      return false;
    }
    const title = eventTitle(scope.event);
    const addition = title === before.title ? atMs : [atMs, title];
    memory.add(key, hold(before, atMs, title), addition);
    return true;
  }

  function due(nowMs: number): readonly Draft[] {
    for (const [key, period] of agenda.due(nowMs)) {
      memory.delete(key);
      tell(key, period);
    }
    return told();
  }

  function tell(key: string, { held, first, last, title }: Period): void {
    if (held === 0) return;
    const facts = { by: byFacts(by, valuesOf(key)), last_event: quote(title) };
    drafts.push({ kind: 'more', key, count: held, first, last, facts });
  }

  function told(): readonly Draft[] {
    const given = drafts;
    if (given.length > 0) drafts = [];
    return given;
  }
}

/** One more is held back. */
function hold(period: Period, atMs: number, title: string): Period {
  period.first = period.held === 0 ? atMs : Math.min(period.first, atMs);
  period.last = Math.max(period.last, atMs);
  period.held += 1;
  period.title = title;
  return period;
}

/** Its time, with the title if it is another one than before. */
function growPeriod(period: Period, addition: Json): Period {
  const [at, title = period.title] = Array.isArray(addition) ? addition : [addition];
  return hold(period, numberIn(at), textIn(title));
}

function writePeriod({ from, passed, held, first, last, title }: Period): Json {
  return held === 0 ? [from, passed] : [from, passed, held, first, last, title];
}

/** Earlier versions wrote an object. */
function readPeriod(stored: Json): Period {
  const { from, passed, held, first, last, title } = isObject(stored) ? stored : {};
  const list = isObject(stored) ? [from, passed, held, first, last, title] : listIn(stored);
  return {
    from: numberIn(list[0]),
    passed: numberIn(list[1]),
    held: numberIn(list[2]),
    first: numberIn(list[3]),
    last: numberIn(list[4]),
    title: textIn(list[5]),
  };
}
