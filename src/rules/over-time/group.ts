import { isObject, type Json } from '../../core/json.ts';
import type { Scope } from '../../expression/expression.ts';
import { createAgenda } from './agenda.ts';
import { byFacts, type Draft } from './draft.ts';
import type { Gate } from './gate.ts';
import { recall, valuesOf, type By } from './key.ts';
import { Memory } from './memory.ts';
import { listIn, numberIn, textIn } from './stored.ts';
import { quote, type EventTitle } from './title.ts';
import { countTops, readTops, shownTops, topValues, type Tops, type TopValues } from './tops.ts';

export interface GroupOptions {
  readonly by: By;
  /** From the first event of a group to its message. */
  readonly waitMs: number;
  /** From one message to the next while more comes. */
  readonly intervalMs: number;
  readonly eventTitle: EventTitle;
}

/** What was collected for one key. Changed in place. */
type Open = {
  readonly due: number;
  count: number;
  first: number;
  last: number;
  /** Of the last event. */
  title: string;
  /** The first ids and the last one, each 32 characters, as one text: a list of texts takes twice the room. */
  ids: string;
  tops: Tops;
};

const idLength = 32;
const idsMax = 20;

/** Holds everything back and tells it per key: once the wait is over, then after every interval in which more came. */
export function createGroup({ by, waitMs, intervalMs, eventTitle }: GroupOptions): Gate {
  let drafts: Draft[] = [];
  const memory = new Memory<Open>({ evicted: tell, write: writeOpen, read: readOpen, grow });
  const agenda = createAgenda(memory, ({ due: at }) => at);
  /** Told as the key, and the same in all of its events. */
  const except = new Set(by.parts.map(({ name }) => name));
  return { memory, take, due, state: (scope) => `${recall(memory, by, scope)?.count ?? 0} collected` };

  function take(scope: Scope, atMs: number, nowMs: number): ReturnType<Gate['take']> {
    const key = by.keyOf(scope);
    if (key === undefined) return { held: false, drafts: told() };
    const known = memory.get(key.text);
    const group = known ?? empty(nowMs + waitMs);
    const { event } = scope;
    const title = eventTitle(event);
    const values = topValues(event, except);
    const addition = [atMs, event.id, title === group.title ? '' : title, ...values];
    memory.add(key.text, join(group, atMs, event.id, title, values), addition);
    if (known === undefined) agenda.note(group);
    return { held: true, drafts: told() };
  }

  function due(nowMs: number): readonly Draft[] {
    for (const [key, group] of agenda.due(nowMs)) {
      if (group.count === 0) memory.delete(key);
      else {
        tell(key, group);
        const next = empty(nowMs + intervalMs);
        memory.set(key, next);
        agenda.note(next);
      }
    }
    return told();
  }

  function tell(key: string, { count, first, last, title, ids, tops }: Open): void {
    if (count === 0) return;
    drafts.push({
      kind: 'group',
      key,
      count,
      first,
      last,
      facts: {
        by: byFacts(by, valuesOf(key)),
        top: shownTops(tops, count, except),
        last_event: { id: ids.slice(-idLength), ...quote(title) },
        events: listOf(ids),
      },
    });
  }

  function told(): readonly Draft[] {
    const given = drafts;
    if (given.length > 0) drafts = [];
    return given;
  }
}

function empty(due: number): Open {
  return { due, count: 0, first: 0, last: 0, title: '', ids: '', tops: [] };
}

/** One more event. */
function join(group: Open, atMs: number, id: string, title: string, values: TopValues): Open {
  group.first = group.count === 0 ? atMs : Math.min(group.first, atMs);
  group.last = Math.max(group.last, atMs);
  group.count += 1;
  group.title = title;
  const kept = group.ids.length < idLength * idsMax ? group.ids : group.ids.slice(0, -idLength);
  // In one piece: what `+` makes would hold on to all of its parts.
  group.ids = [kept, id].join('');
  group.tops = countTops(group.tops, values);
  return group;
}

/** Its time, its id, its title if it is another one than before, and what is counted of it. */
function grow(group: Open, addition: Json): Open {
  const [at, id, title, ...values] = listIn(addition);
  return join(group, numberIn(at), textIn(id), textIn(title) || group.title, readTops(values));
}

function listOf(ids: string): readonly string[] {
  return Array.from({ length: ids.length / idLength }, (_, at) => ids.slice(at * idLength, (at + 1) * idLength));
}

function writeOpen({ due, count, first, last, title, ids, tops }: Open): Json {
  return count === 0 ? [due] : [due, count, first, last, title, ids, tops];
}

/** Earlier versions wrote an object, with a list of ids. */
function readOpen(stored: Json): Open {
  const { due, count, first, last, title, ids, tops } = isObject(stored) ? stored : {};
  const old = [due, count, first, last, title, listIn(ids).map(textIn).join(''), tops];
  const list = isObject(stored) ? old : listIn(stored);
  return {
    due: numberIn(list[0]),
    count: numberIn(list[1]),
    first: numberIn(list[2]),
    last: numberIn(list[3]),
    title: textIn(list[4]),
    ids: textIn(list[5]),
    tops: readTops(list[6]),
  };
}
