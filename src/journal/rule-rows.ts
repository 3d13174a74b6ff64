import type { Json } from '../core/json.ts';
import type { Remembered, RuleState } from '../core/rule-state.ts';
import { formOf, plain, type Codec } from './codec.ts';
import { CorruptError } from './failure.ts';
import { int, parsed, text, type Row } from './row.ts';
import { placeOf } from './rule-log.ts';
import type { Store } from './store.ts';

/*
 * Rows of the table of what rules remember, and of the log of its changes, in the forms of all versions.
 *
 * A row of the table is a value as JSON and, each on a line of its own, what was added to it since. `folded` is the last row of the log that
 * it knows: the log is folded in pieces, which may be interrupted, but nothing is added twice.
 */

/** A row of the table. */
interface State {
  readonly name: string;
  readonly remembered: Remembered;
  readonly folded: number;
}

/** A row's name with its new value, `null` to forget it, or with what is `added` to the value that it has. */
interface Change {
  readonly name: string;
  readonly value: Json;
  readonly added: boolean;
}

/** JSON has line breaks only in white space, and none is written. */
const line = '\n';

/** The log applied to the table. `read` reads a row, and may leave out one that cannot be read. */
export function ruleStateOf(
  codec: Codec,
  table: Iterable<Row>,
  log: Iterable<Row>,
  read: <T>(reading: () => readonly T[]) => readonly T[] = (reading) => reading(),
): RuleState {
  const known = new Map<string, [Json, ...Json[]]>();
  const folded = new Map<string, number>();
  for (const row of table) {
    for (const { name, remembered, folded: last } of read(() => [stateIn(codec, row)])) {
      known.set(name, [...remembered]);
      folded.set(name, last);
    }
  }
  for (const row of log) {
    for (const { name, value, added } of read(() => changesIn(codec, row, folded))) {
      if (added) known.get(name)?.push(value);
      else if (value === null) known.delete(name);
      else known.set(name, [value]);
    }
  }
  return known;
}

/** The row of the table for a name, in whatever form. */
export function findState({ sql, codec }: Store, name: string): State | undefined {
  for (const key of codec.tokens(name)) {
    const row = sql.ruleState.get(key);
    if (row !== undefined) return stateIn(codec, row);
  }
  return undefined;
}

/** Writes a row of the table in the form of now; the same row in another form goes. */
export function putState({ sql, codec }: Store, { name, remembered, folded }: State): void {
  const [key, ...others] = codec.tokens(name);
  const state = remembered.map((value) => JSON.stringify(value)).join(line);
  if (codec.form === plain) sql.putRuleState.run(key, state, folded);
  else sql.putRuleState.run(key, codec.sealText(['rule_state', 0, key], JSON.stringify([name, state])), folded);
  for (const other of others) sql.dropRuleState.run(other);
}

export function dropState({ sql, codec }: Store, name: string): void {
  for (const key of codec.tokens(name)) sql.dropRuleState.run(key);
}

/** A row of the table. One that is encrypted has a token for its key, and its name inside. */
export function stateIn(codec: Codec, row: Row): State {
  const key = text(row, 'rule');
  // In a file of an earlier version that is being recovered.
  const folded = row['folded'] === undefined ? 0 : int(row, 'folded');
  if (formOf(row['state'] ?? null) === plain) return { name: key, remembered: linesIn(text(row, 'state')), folded };
  const [name, state] = pairIn(parsed(codec.openText(['rule_state', 0, key], row['state'] ?? null), 'state'));
  if (typeof state !== 'string') throw new CorruptError('column state holds no value');
  return { name, remembered: linesIn(state), folded };
}

function linesIn(state: string): Remembered {
  const [whole = '', ...added] = state.split(line);
  return [parsed(whole, 'state'), ...added.map((one) => parsed(one, 'state'))];
}

/** A row of the log in the form of now. */
export function reencodeLog(codec: Codec, row: Row): string | Uint8Array {
  return codec.sealText(placeOf(int(row, 'seq')), openLog(codec, row));
}

function openLog(codec: Codec, row: Row): string {
  return codec.openText(placeOf(int(row, 'seq')), row['changes'] ?? null);
}

/** What a row of the log changes, but for what the rows of the table know already: `folded` has the last row of the log that they know. */
export function changesIn(codec: Codec, row: Row, folded: ReadonlyMap<string, number>): readonly Change[] {
  const list = parsed(openLog(codec, row), 'changes');
  if (!Array.isArray(list)) throw noChange();
  const seq = int(row, 'seq');
  return list.flatMap(changesOf).filter(({ name }) => seq > (folded.get(name) ?? 0));
}

/** An item of the log, as `RuleChanges` has them. In version 4 nothing was added; up to version 3 each was one change. */
function changesOf(item: Json): readonly Change[] {
  const [prefix, whole, added = []] = Array.isArray(item) ? item : [];
  if (!Array.isArray(whole)) return [oldChange(item)];
  if (typeof prefix !== 'string' || !Array.isArray(added)) throw noChange();
  const pairs = Array.from({ length: added.length / 2 }, (_, at) => added.slice(at * 2, at * 2 + 2));
  return [
    ...pairs.map((pair) => changeOf(prefix, pair, true)),
    ...whole.map((pair: Json) => changeOf(prefix, pair, false)),
  ];
}

function changeOf(prefix: string, pair: Json, added: boolean): Change {
  const [rest, value] = pairIn(pair);
  return { name: prefix + rest, value, added };
}

/** A name with its value as JSON in a text. */
function oldChange(item: Json): Change {
  const [name, value] = pairIn(item);
  if (value !== null && typeof value !== 'string') throw noChange();
  return { name, value: value === null ? null : parsed(value, 'changes'), added: false };
}

function pairIn(item: Json): readonly [name: string, value: Json] {
  const [name, value] = Array.isArray(item) ? item : [];
  if (typeof name !== 'string' || value === undefined) throw noChange();
  return [name, value];
}

function noChange(): CorruptError {
  return new CorruptError('column changes holds no change');
}
