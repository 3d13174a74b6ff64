import assert from 'node:assert/strict';
import { assertAtRest, assertDone, assertDrained, assertPages, isDrained, untold } from './checks.ts';
import { createDice, drawPlan } from './plan.ts';
import { graceMs, Process } from './process.ts';
import { moods } from './receiver.ts';
import { createWorld, type World } from './world.ts';

/** What a run came to; `trace` says what happened, line by line, with the seconds. */
export interface Outcome {
  readonly seed: number;
  /** Undefined when all held. */
  readonly failure: unknown;
  readonly trace: readonly string[];
}

/** Longer than the longest wait between two attempts, with what a service may ask for. */
const calmMsMin = 2000;
const calmMsMax = 120_000;

/** One run: a few short lives in a world of trouble, then a calm one in which everything must come to its end. */
export async function simulate(seed: number): Promise<Outcome> {
  const dice = createDice(seed);
  const world = createWorld(drawPlan(dice), dice, seed % 16 === 0);
  world.say(`seed ${seed} ${JSON.stringify(world.plan)}`);
  try {
    for (const receiver of world.receivers.values()) receiver.mood = dice.pick(moods);
    write(world, world.plan.linesMax);
    let survivor: Process | undefined;
    for (let left = world.plan.lives; left > 0; left -= 1) survivor = await live(world, left === 1 && !dice.oneIn(3));
    await calm(world, survivor);
    return { seed, failure: undefined, trace: world.trace };
  } catch (failure) {
    return { seed, failure, trace: world.trace };
  } finally {
    world.remove();
  }
}

/**
 * A life under trouble that ends in one of three ways: it dies in an operation of the journal, between two, or is stopped. Returns the
 * process if it may go on and does.
 */
async function live(world: World, mayGoOn: boolean): Promise<Process | undefined> {
  const { dice, plan } = world;
  const operationsLeft = dice.oneIn(2) ? dice.below(dice.pick([10, 25, 100])) : undefined;
  const process = await Process.start(world, { dead: false, faults: 0, operationsLeft, faultOneIn: plan.faultOneIn });
  for (let step = dice.between(1, plan.stepsMax); step > 0 && !process.fate.dead; step -= 1) await act(world, process);
  await assertBooks(world, process);
  if (mayGoOn && !process.fate.dead) return process;
  if (process.fate.dead || dice.oneIn(2)) await process.kill();
  else await stop(world, process);
  return undefined;
}

/** No more faults: what is written is read, what is due is delivered, and a stop leaves nothing behind. Goes on with what has survived. */
async function calm(world: World, survivor: Process | undefined): Promise<void> {
  world.say('calm');
  for (const receiver of world.receivers.values()) receiver.mood = 'good';
  const sound = { operationsLeft: undefined, faultOneIn: 0 };
  const process = survivor ?? (await Process.start(world, { dead: false, faults: 0, ...sound }));
  Object.assign(process.fate, sound);
  write(world, 1);
  for (let waitedMs = 0; waitedMs < calmMsMax && !isDone(world, process, waitedMs); waitedMs += 1000)
    await advance(world, process, 1000);
  assertDone(world, process.journal, process.rows);
  await assertBooks(world, process);
  // The containers write their last words and end before herald is told to.
  const failures = failuresOf(world);
  write(world, 1);
  process.atEnd = (journal) => {
    if (failuresOf(world) === failures) assertDrained(world, journal);
  };
  await stop(world, process);
}

/** What failed was not counted, and may have been done. To make the pages takes a while. */
async function assertBooks(world: World, process: Process): Promise<void> {
  if (!process.fate.dead && process.fate.faults === 0 && world.dice.oneIn(3))
    await assertPages(process, process.before);
}

/** A disk that failed to read a log is tried again later, when all that was read before may long be delivered. */
function isDone(world: World, { journal, rows }: Process, waitedMs: number): boolean {
  if (waitedMs < calmMsMin || !isDrained(world, journal)) return false;
  if (world.plan.destinations.some(({ name }) => journal.queue(name).pending > 0)) return false;
  return (journal.encryption()?.others ?? []).length === 0 && untold(world, journal, rows) === 0;
}

/** The containers write up to so many lines each. */
function write(world: World, linesMax: number): void {
  const { logs, dice, plan } = world;
  for (const log of logs.values()) log.write(dice, plan, dice.between(1, linesMax), () => world.nextSerial++);
}

/** How often a log could not be read. */
function failuresOf({ logs }: World): number {
  return [...logs.values()].reduce((sum, log) => sum + log.failures, 0);
}

/** Something happens, and some time passes. */
async function act(world: World, process: Process): Promise<void> {
  const { dice, plan, receivers } = world;
  switch (dice.below(6)) {
    case 0:
    case 1:
      write(world, plan.linesMax);
      break;
    case 2:
      for (const receiver of receivers.values()) receiver.mood = dice.pick(moods);
      break;
    case 3:
      if (dice.oneIn(2)) process.reload();
      break;
    default:
  }
  await advance(world, process, dice.pick([1, 40, 700, 3000]));
}

async function advance(world: World, process: Process, ms: number): Promise<void> {
  await world.clock.advance(ms, () => {
    process.check();
    if (!process.fate.dead) assertAtRest(world, process);
  });
}

/** A stop comes to its end within the grace period, and not in the middle of anything. */
async function stop(world: World, process: Process): Promise<void> {
  const { fate } = process;
  world.say('is told to stop');
  process.stop.abort();
  for (let waitedMs = 0; waitedMs < graceMs && process.summary === undefined && !fate.dead; waitedMs += 100)
    await world.clock.advance(100, () => process.check());
  if (fate.dead) return process.kill();
  assert.ok(process.summary !== undefined, 'it does not stop');
  assert.equal(process.sending.size, 0, 'it has stopped in the middle of an attempt');
  world.say(`has stopped: ${JSON.stringify(process.summary)}`);
}
