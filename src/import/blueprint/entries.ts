import type { Place } from '../findings.ts';
import { walk, type Raw } from './raw.ts';
import { refuse } from './refusal.ts';

/** One entry of a blueprint, as written. */
export interface Entry {
  readonly id: string | undefined;
  readonly model: Raw | undefined;
  readonly state: Raw | undefined;
  readonly conditions: Raw | undefined;
  readonly identifiers: Raw | undefined;
  readonly attrs: Raw | undefined;
  readonly at: Place;
}

/** A blueprint, as written; `context` are its own values. */
export interface Blueprint {
  readonly entries: readonly Entry[];
  readonly byId: ReadonlyMap<string, Entry>;
  readonly context: ReadonlyMap<string, Raw>;
}

const entriesMax = 10_000;

/** The entries of a blueprint, which may stand in sections. Refuses what has another shape, and entries that refer to each other in a circle. */
export function readBlueprint(raw: Raw): Blueprint {
  if (raw.kind !== 'map') return refuse('expected a blueprint: a mapping with "version" and "entries"', raw.at);
  const version = raw.entries.get('version');
  if (version?.kind === 'value' && version.value !== 1) {
    refuse(`blueprints of version ${String(version.value)} are unknown; there is version 1`, version.at);
  }
  const list = raw.entries.get('entries');
  if (list === undefined) return refuse('expected a blueprint: "entries" is missing', raw.at);
  const entries = itemsOf(list).map(readEntry);
  if (entries.length > entriesMax) refuse(`more than ${entriesMax} entries`, list.at);
  const context = raw.entries.get('context');
  const byId = new Map<string, Entry>();
  // The first of two entries with the same id is the one that authentik finds.
  for (const entry of entries) if (entry.id !== undefined && !byId.has(entry.id)) byId.set(entry.id, entry);
  refuseCircles(entries, byId);
  return { entries, byId, context: context?.kind === 'map' ? context.entries : new Map() };
}

function itemsOf(list: Raw): readonly Raw[] {
  if (list.kind === 'list') return list.items;
  if (list.kind === 'map') {
    return [...list.entries.values()].flatMap((section) =>
      section.kind === 'list' ? section.items : refuse('a section of "entries" is a list', section.at),
    );
  }
  return refuse('"entries" is a list', list.at);
}

function readEntry(raw: Raw): Entry {
  if (raw.kind !== 'map') return refuse('an entry is a mapping with "model", "identifiers" and "attrs"', raw.at);
  const get = (name: string): Raw | undefined => raw.entries.get(name);
  const id = get('id');
  return {
    id: id?.kind === 'value' && id.value !== null ? String(id.value) : undefined,
    model: get('model'),
    state: get('state'),
    conditions: get('conditions'),
    identifiers: get('identifiers'),
    attrs: get('attrs'),
    at: raw.at,
  };
}

function refuseCircles(entries: readonly Entry[], byId: ReadonlyMap<string, Entry>): void {
  const done = new Set<Entry>();
  for (const entry of entries) visit(entry, []);

  function visit(entry: Entry, path: readonly Entry[]): void {
    if (done.has(entry)) return;
    const next = [...path, entry];
    for (const { id, at } of keysIn(entry)) {
      const target = byId.get(id);
      if (target === undefined) continue;
      const from = next.indexOf(target);
      if (from >= 0) {
        const circle = [...next.slice(from), target].map((one) => one.id ?? '').join(' → ');
        refuse(`!KeyOf goes in a circle: ${circle}`, at);
      }
      visit(target, next);
    }
    done.add(entry);
  }
}

function keysIn(entry: Entry): readonly { readonly id: string; readonly at: Place }[] {
  return [entry.model, entry.state, entry.conditions, entry.identifiers, entry.attrs].flatMap((raw) =>
    raw === undefined
      ? []
      : [...walk(raw)].flatMap((item) =>
          item.kind === 'tag' && item.tag === '!KeyOf' && item.content.kind === 'value'
            ? [{ id: String(item.content.value), at: item.at }]
            : [],
        ),
  );
}
