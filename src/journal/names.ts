import { createHash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import { CorruptError } from './failure.ts';
import { int, text } from './row.ts';
import type { SqlStatements } from './statements.ts';

/** Names of destinations and rules as the small numbers that rows hold. */
export interface Names {
  /** Undefined for one that never had a delivery. */
  destination(name: string): number | undefined;
  addDestination(name: string): number;
  addRule(name: string): number;
  rule(id: number): RuleName;
  /** Forgets what a transaction that was rolled back may have added. */
  forget(): void;
}

export interface RuleName {
  readonly name: string;
  /** Right part of a delivery's key: the first 8 hex digits of the SHA-256 of the name. */
  readonly digest: string;
}

export function createNames(sql: SqlStatements): Names {
  const destinations = new Map<string, number>();
  const rules = new Map<string, number>();
  const ruleNames = new Map<number, RuleName>();
  return {
    destination: (name) => find(destinations, name, sql.findDestination),
    addDestination: (name) =>
      find(destinations, name, sql.findDestination) ?? add(destinations, name, sql.addDestination),
    addRule: (name) => find(rules, name, sql.findRule) ?? add(rules, name, sql.addRule),
    rule(id) {
      const known = ruleNames.get(id);
      if (known !== undefined) return known;
      const row = sql.ruleName.get(id);
      if (row === undefined) throw new CorruptError(`rule ${id} has no name`);
      const found = ruleName(text(row, 'name'));
      ruleNames.set(id, found);
      return found;
    },
    forget() {
      for (const map of [destinations, rules, ruleNames]) map.clear();
    },
  };
}

export function ruleName(name: string): RuleName {
  return { name, digest: createHash('sha256').update(name).digest('hex').slice(0, 8) };
}

function find(map: Map<string, number>, name: string, select: StatementSync): number | undefined {
  const known = map.get(name);
  if (known !== undefined) return known;
  const row = select.get(name);
  if (row === undefined) return undefined;
  map.set(name, int(row, 'id'));
  return int(row, 'id');
}

function add(map: Map<string, number>, name: string, insert: StatementSync): number {
  const row = insert.get(name);
  if (row === undefined) throw new CorruptError(`no number for ${name}`);
  map.set(name, int(row, 'id'));
  return int(row, 'id');
}
