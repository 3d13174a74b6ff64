import type { Findings } from '../findings.ts';
import type { BlueprintObject, Objects } from '../objects.ts';
import type { DestinationDraft } from './draft.ts';
import { uniqueName } from './names.ts';
import type { Recipient } from './recipients.ts';
import { convertTransport } from './transports.ts';

const nameLengthMax = 64;

/** The destinations of the configuration, made as rules ask for them. */
export interface Destinations {
  /** The names of what a transport is for these recipients. Rules with the same recipients share them. */
  of(transport: BlueprintObject, recipients: readonly Recipient[]): readonly string[];
  /** The name of herald's own list, for rules that have nowhere else to send to. */
  standIn(): string;
  readonly all: readonly DestinationDraft[];
}

export function createDestinations(objects: Objects, findings: Findings): Destinations {
  const drafts: DestinationDraft[] = [];
  const names = new Set<string>();
  const known = new Map<string, string>();
  const add = (draft: DestinationDraft): string => {
    const key = JSON.stringify([draft.name, draft.options]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const name = uniqueName(draft.name, names, nameLengthMax);
    known.set(key, name);
    drafts.push({ ...draft, name });
    return name;
  };
  return {
    of: (transport, recipients) => convertTransport(transport, recipients, objects, findings).map(add),
    standIn: () => add({ name: 'inbox', options: { type: 'local' }, comments: ["herald's own list of notifications"] }),
    get all() {
      return drafts;
    },
  };
}
