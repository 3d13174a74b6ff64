import type { SafeEvent } from '../../core/event.ts';
import type { Scope } from '../../expression/expression.ts';
import { createAgenda } from './agenda.ts';
import { byFacts, type Draft } from './draft.ts';
import type { Gate } from './gate.ts';
import { keyOf, recall, type KeyPart } from './key.ts';
import { Memory } from './memory.ts';
import { eventTitle } from './title.ts';

export interface GroupOptions {
  readonly by: readonly KeyPart[];
  /** From the first event of a group to its message. */
  readonly waitMs: number;
  /** From one message to the next while more comes. */
  readonly intervalMs: number;
}

/** How often each value occurred, in one list per field of {@link fields}. */
type Tops = readonly (readonly (readonly [value: string, count: number])[])[];

type Open = {
  readonly due: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly title: string;
  readonly ids: readonly string[];
  readonly tops: Tops;
  readonly values: readonly string[];
};

/** What the most frequent values are shown of. */
const fields: readonly (readonly [name: string, read: (event: SafeEvent) => string | undefined])[] = [
  ['action', (event) => event.action],
  ['user.username', (event) => event.user.username],
  ['client_ip', (event) => event.client_ip],
  ['application.name', (event) => event.application?.name],
];

/** Different values that are counted per field; later ones count as `others`. */
const valuesMax = 50;
const shownMax = 5;
const idsMax = 20;
const valueLengthMax = 100;

/** Holds everything back and tells it per key: once the wait is over, then after every interval in which more came. */
export function createGroup({ by, waitMs, intervalMs }: GroupOptions): Gate {
  let drafts: Draft[] = [];
  const memory = new Memory<Open>((key, group) => tell(key, group));
  const agenda = createAgenda(memory, ({ due: at }) => at);
  return { memory, take, due, state: (scope) => `${recall(memory, by, scope)?.count ?? 0} collected` };

  function take(scope: Scope, atMs: number, nowMs: number): ReturnType<Gate['take']> {
    const key = keyOf(by, scope);
    if (key === undefined) return { held: false, drafts: told() };
    const group = memory.get(key.text) ?? empty(nowMs + waitMs, key.values);
    put(key.text, add(group, scope.event, atMs));
    return { held: true, drafts: told() };
  }

  function due(nowMs: number): readonly Draft[] {
    for (const [key, group] of agenda.due(nowMs)) {
      if (group.count === 0) memory.delete(key);
      else {
        tell(key, group);
        put(key, empty(nowMs + intervalMs, group.values));
      }
    }
    return told();
  }

  function put(key: string, group: Open): void {
    memory.set(key, group);
    agenda.note(group);
  }

  function tell(key: string, { count, first, last, title, ids, tops, values }: Open): void {
    if (count === 0) return;
    const names = new Set(by.map(({ name }) => name));
    const top = fields.flatMap(([name], at) =>
      names.has(name) ? [] : [[name, shown(tops[at] ?? [], count)] as const],
    );
    drafts.push({
      kind: 'group',
      key,
      count,
      first,
      last,
      facts: {
        by: byFacts(by, values),
        top: Object.fromEntries(top.filter(([, values_]) => values_.length > 0)),
        last_event: { id: ids.at(-1) ?? '', title },
        events: ids,
      },
    });
  }

  function told(): readonly Draft[] {
    const given = drafts;
    if (given.length > 0) drafts = [];
    return given;
  }
}

function empty(due: number, values: readonly string[]): Open {
  return { due, count: 0, first: 0, last: 0, title: '', ids: [], tops: fields.map(() => []), values };
}

function add(group: Open, event: SafeEvent, atMs: number): Open {
  return {
    ...group,
    count: group.count + 1,
    first: group.count === 0 ? atMs : Math.min(group.first, atMs),
    last: Math.max(group.last, atMs),
    title: eventTitle(event),
    ids: group.ids.length < idsMax ? [...group.ids, event.id] : [...group.ids.slice(0, -1), event.id],
    tops: fields.map(([, read], at) => counted(group.tops[at] ?? [], read(event))),
  };
}

function counted(top: Tops[number], value: string | undefined): Tops[number] {
  if (value === undefined || value === '') return top;
  const cut = value.slice(0, valueLengthMax);
  const place = top.findIndex(([one]) => one === cut);
  if (place >= 0) return top.with(place, [cut, (top[place]?.[1] ?? 0) + 1]);
  return top.length < valuesMax ? [...top, [cut, 1]] : top;
}

/** The most frequent values; `others` is how many events have another one. */
function shown(top: Tops[number], count: number): readonly { readonly value: string; readonly count: number }[] {
  const first = top.toSorted((a, b) => b[1] - a[1]).slice(0, shownMax);
  const others = count - first.reduce((sum, [, one]) => sum + one, 0);
  const list = first.map(([value, one]) => ({ value, count: one }));
  return others > 0 && list.length > 0 ? [...list, { value: '(others)', count: others }] : list;
}
