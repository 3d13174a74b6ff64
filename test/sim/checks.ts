import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Delivery } from '../../src/core/delivery.ts';
import { addCounts, families, type FamilyCounts } from '../../src/core/family.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { assertSealed } from './keys.ts';
import { assertReading, readPrefix } from './log.ts';
import { assertAlerts, type Seen } from './alerts.ts';
import { alertReceiver, wanted, type DestinationPlan, type Plan } from './plan.ts';
import type { Process } from './process.ts';
import type { Row, Rows } from './rows.ts';
import { takeSnapshot, type World } from './world.ts';

/** Far enough that everything that waits is due then. */
const everMs = 1e15;

/**
 * An attempt takes the head of the queue: nothing that is settled already or in flight, nothing that overtakes, and with what is in
 * flight no more than the destination's policy lets it have.
 */
export function assertHead(
  journal: Journal,
  { name, concurrency }: DestinationPlan,
  batch: readonly Delivery[],
  flying: readonly (readonly Delivery[])[],
  nowMs: number,
): void {
  assert.ok(flying.length < concurrency, `${name}: ${flying.length + 1} attempts at a time`);
  const keys = (of: readonly Delivery[]): readonly string[] => of.map(({ key }) => key);
  const inFlight = new Set(keys(flying.flat()));
  const pending = journal.lease(name, { items: batch.length + inFlight.size, bytes: Infinity }, everMs);
  const head = keys(pending).filter((key) => !inFlight.has(key));
  assert.deepEqual(keys(batch), head.slice(0, batch.length), `${name}: the batch is not the head of its queue`);
  assert.ok((journal.nextDue(name, nowMs) ?? Infinity) <= nowMs, `${name}: sent before it is due`);
}

/** What must hold whenever everything has come to rest for the moment: nothing that could be sent waits for anything. */
export function assertAtRest(world: World, { journal, sending, stop, views, dueOf }: Process): void {
  if (stop.signal.aborted) return;
  const nowMs = world.clock.now();
  for (const { name, items, digest, waitMs, concurrency } of world.plan.destinations) {
    if (sending.has(name) || dueOf(name) > nowMs) continue;
    const itemsMax = Math.max(items, digest);
    const batch = journal.lease(name, { items: itemsMax, bytes: 100_000 }, nowMs);
    const [first] = batch;
    const waits = first === undefined || (batch.length < itemsMax && first.firstDueAt + waitMs > nowMs);
    if (waits) continue;
    const details = JSON.stringify(views.ready().details);
    // One that the disk failed is tried again later, and says so.
    if (details.includes(`"destination ${name}"`)) continue;
    // Where several batches were in flight, all wait as long as the one that has to wait longest, also when that was shed.
    if (concurrency > 1 && details.includes(`"${name}":{"state":"failing"`)) continue;
    assert.fail(`${name}: ${batch.length} deliveries are due and nobody sends them`);
  }
}

/** What the journal must hold, from a straightforward reading of the logs up to its checkpoints. */
interface Expected {
  readonly lines: ReadonlyMap<string, FamilyCounts>;
  /** Every event by its id. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** How many deliveries there are per destination, without the receiver of alerts. */
  readonly made: ReadonlyMap<string, number>;
}

/** Where an action is sent, once for every rule that sends it. */
function receiversOf({ rules }: Plan): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(wanted).map(([action, all]) => [
      action,
      all.flatMap(({ rule, destinations }) => (rules.includes(rule) ? destinations : [])),
    ]),
  );
}

function expect({ plan, logs }: World, journal: Journal): Expected {
  const lines = new Map<string, FamilyCounts>();
  const seen = new Map<string, Seen>();
  const made = new Map(plan.destinations.map(({ name }) => [name, 0]));
  const receivers = receiversOf(plan);
  for (const [at, logName] of plan.sources.entries()) {
    const source = at === 0 ? 'first' : 'second';
    const log = logs.get(logName);
    assert.ok(log !== undefined);
    const { events, counts } = readPrefix(log, journal.checkpoints(source).get(logName));
    lines.set(source, counts);
    for (const { id, action, at, client_ip: clientIp, user } of events) {
      if (seen.has(id)) continue;
      seen.set(id, { action, atMs: at, clientIp, user: String(user.username) });
      for (const name of receivers.get(action) ?? []) made.set(name, (made.get(name) ?? 0) + 1);
    }
  }
  return { lines, seen, made };
}

/** The journal against the logs: every line before the checkpoint is counted once, every event is there once, every delivery made. */
export function assertKept(world: World, journal: Journal, rows: Rows): void {
  const { lines, seen, made } = expect(world, journal);
  const counted = journal.lines();
  for (const [source, counts] of lines) {
    const total: FamilyCounts = {};
    addCounts(total, counted.get(source) ?? {});
    assert.deepEqual(total, counts, `${source}: lines counted against lines before the checkpoint`);
  }
  const { stored, deliveries } = rows.read();
  const alerts = stored.filter(({ alert }) => alert !== undefined).length;
  const told = stored.reduce((sum, one) => sum + one.told.size, 0);
  assert.equal(new Set(stored.map(({ id }) => id)).size, stored.length, 'an event is there twice');
  for (const { id, alert } of stored)
    assert.ok(alert !== undefined || seen.has(id), `${id} is not before a checkpoint`);
  if (keepsAll(world)) {
    assert.equal(stored.length - alerts, seen.size, 'an event before a checkpoint is missing');
    assertAlerts(world.plan, stored, seen);
  }
  for (const { name } of world.plan.destinations) {
    const { made: written, delivered, dead, shed, pending } = journal.queue(name);
    if (name !== alertReceiver) assert.equal(written, made.get(name), `${name}: deliveries made`);
    else if (keepsAll(world)) assert.equal(written, told, `${name}: deliveries made`);
    const waiting = deliveries.filter(({ destination, state }) => destination === name && state === 'pending').length;
    assert.equal(waiting, pending, `${name}: the books against the rows`);
    assert.ok(written === delivered + dead + shed + pending && Math.min(delivered, dead, shed, pending) >= 0, name);
    if (world.plan.whenFull === 'block') assert.equal(shed, 0, `${name}: nothing is shed here`);
  }
  for (const delivery of deliveries) assertTold(world, delivery);
}

/** Nothing counts as delivered or given up that the receiver has not answered so. */
function assertTold({ receivers }: World, { id, destination, rule, state, reason }: Row): void {
  if (state === 'pending') return;
  const receiver = receivers.get(destination);
  assert.ok(receiver !== undefined);
  const key = `${id} ${rule}`;
  if (state === 'delivered') assert.ok(receiver.taken.has(key), `${destination} never took ${key}`);
  else if (reason === 'expired') assert.ok(receiver.plan.maxAgeMs !== undefined, `${key} expired`);
  else assert.ok(receiver.refused.has(key), `${destination} never refused ${key}`);
}

/** True when nothing is pruned in this run, neither for age nor for space. */
function keepsAll({ plan }: World): boolean {
  return plan.maxBytes > 1_000_000 && plan.retentionMs > 600_000;
}

/** After a stop in peace: what was written is read. */
export function assertDrained(world: World, journal: Journal): void {
  for (const { source, read, written } of progressOf(world, journal))
    assert.deepEqual(read, written, `${source}: the log is not read to its end`);
}

/** Whether everything that was written is read. */
export function isDrained(world: World, journal: Journal): boolean {
  return progressOf(world, journal).every(({ read, written }) => isDeepStrictEqual(read, written));
}

/** What the journal counts of each log, and what there is. */
function progressOf(world: World, journal: Journal) {
  const counted = journal.lines();
  return world.plan.sources.map((name, at) => {
    const log = world.logs.get(name);
    assert.ok(log !== undefined);
    const { counts: written } = log.before(log.bytes.length);
    const source = at === 0 ? 'first' : 'second';
    const read: FamilyCounts = {};
    addCounts(read, counted.get(source) ?? {});
    return { source, read, written };
  });
}

/** How many events wait to be told with others; 0 where pruning leaves nobody to tell. */
export function untold(world: World, journal: Journal, rows: Rows): number {
  return keepsAll(world) ? assertAlerts(world.plan, rows.read().stored, expect(world, journal).seen) : 0;
}

/** At the end of all: everything that was written is read, and everything that was made has come to an end. */
export function assertDone(world: World, journal: Journal, rows: Rows): void {
  assertDrained(world, journal);
  assert.equal(untold(world, journal, rows), 0, 'events that nobody has told');
  const { sealed, plain } = rows.forms();
  const isSealed = world.keys.encryption?.key !== undefined;
  assert.equal(isSealed ? plain : sealed, 0, 'events in the form of another life');
  if (isSealed) assertSealed(takeSnapshot(world.folder).values());
  for (const log of world.logs.values()) assertReading(log);
  for (const [name, { taken, refused, plan }] of world.receivers) {
    const { pending, delivered, dead } = journal.queue(name);
    assert.equal(pending, 0, `${name}: not delivered`);
    assert.ok(delivered <= taken.size, `${name}: ${delivered} count as delivered, ${taken.size} were taken`);
    if (plan.maxAgeMs === undefined)
      assert.ok(dead <= refused.size, `${name}: ${dead} are dead, ${refused.size} refused`);
  }
}

/** The daemon's pages say what the journal says; the counters of /metrics begin with the process. */
export async function assertPages(process: Process, before: Totals): Promise<void> {
  const { journal, views } = process;
  const now = totalsOf(journal);
  const { details }: { readonly details: { lines?: unknown; destinations?: unknown } } = views.ready();
  assert.deepEqual(JSON.parse(JSON.stringify(details.lines)), Object.fromEntries(journal.lines()));
  const { text } = await views.metrics();
  const series = Map.groupBy(text.split('\n'), (line) => line.slice(0, line.indexOf('{')));
  const value = (name: string, ...labels: readonly string[]): number =>
    (series.get(`herald_${name}`) ?? [])
      .filter((line) => labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  for (const name of journal.destinations()) {
    const queue = journal.queue(name);
    const shown = (['delivered', 'pending', 'dead', 'shed'] as const).map((state) => {
      const count = value('journal_deliveries', `destination="${name}"`, `state="${state}"`);
      assert.equal(count, queue[state], `/metrics: ${name} ${state}`);
      return count;
    });
    const made = value('deliveries_made_total', `destination="${name}"`);
    const sum = shown.reduce((total, count) => total + count, 0);
    assert.equal(made, sum, `/metrics: ${name} made`);
  }
  for (const [name, count] of now) {
    const [kind = '', owner = '', part = ''] = name.split(' ');
    const since = count - (before.get(name) ?? 0);
    const shown =
      kind === 'lines'
        ? value('lines_total', `source="${owner}"`, `family="${part}"`)
        : value('deliveries_total', `destination="${owner}"`, `outcome="${part}"`);
    assert.equal(shown, since, `/metrics: ${name} since the start of the process`);
  }
}

/** The journal's counters by name. */
export type Totals = ReadonlyMap<string, number>;

export function totalsOf(journal: Journal): Totals {
  const totals = new Map<string, number>();
  for (const [source, counts] of journal.lines()) {
    for (const family of families) totals.set(`lines ${source} ${family}`, counts[family] ?? 0);
  }
  for (const name of journal.destinations()) {
    const { delivered, dead, shed } = journal.queue(name);
    for (const [part, count] of Object.entries({ delivered, dead, shed }))
      totals.set(`deliveries ${name} ${part}`, count);
  }
  return totals;
}
