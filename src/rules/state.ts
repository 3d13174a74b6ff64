import { createHash } from 'node:crypto';
import type { Remembered, RuleChanges, RuleState } from '../core/rule-state.ts';
import type { Kept } from './over-time/memory.ts';
import type { RunningRule } from './running-rule.ts';

/** All that rules remember, as rows for the journal. A row's name is the owner's digest, the part and the key. */
export interface RuleMemory {
  changes(): RuleChanges;
  restore(state: RuleState): void;
}

/** Silences and the clock are nobody's in particular. */
const common = 'common';

export function createRuleMemory(rules: readonly RunningRule[], silences: Kept, clock: Kept): RuleMemory {
  const parts = new Map<string, Kept>([
    [`${common}/silence/`, silences],
    [`${common}/clock/`, clock],
  ]);
  for (const { course, version } of rules) {
    // The version is in the name: a rule that was changed finds nothing of what it counted before.
    for (const [name, memory] of course?.memories ?? []) parts.set(`${digest(version)}/${name}/`, memory);
  }
  /** Rows of rules that are gone, to be forgotten with the next changes. */
  let strangers: readonly string[] = [];
  return {
    changes() {
      const gone = strangers.map((name) => [name, null] as const);
      strangers = [];
      const changed = [...parts].map(([prefix, memory]) => {
        const { whole, added } = memory.take();
        return [prefix, whole, added] as const;
      });
      return [['', gone, []] as const, ...changed].filter(([, whole, added]) => whole.length + added.length > 0);
    },
    restore(state) {
      const found = new Map<string, [string, Remembered][]>([...parts.keys()].map((prefix) => [prefix, []]));
      const unknown: string[] = [];
      for (const [name, remembered] of state) {
        const prefix = name.slice(0, name.indexOf('/', name.indexOf('/') + 1) + 1);
        const rows = found.get(prefix);
        if (rows === undefined) unknown.push(name);
        else rows.push([name.slice(prefix.length), remembered]);
      }
      strangers = unknown;
      for (const [prefix, memory] of parts) memory.restore(found.get(prefix) ?? []);
    },
  };
}

function digest(version: string): string {
  return createHash('sha256').update(version).digest('hex').slice(0, 16);
}
