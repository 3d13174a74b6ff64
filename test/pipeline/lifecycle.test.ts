import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { InvariantError, OperationalError } from '../../src/core/errors.ts';
import {
  runLifecycle,
  type Lifecycle,
  type OutletPart,
  type Parts,
  type SourcePart,
} from '../../src/pipeline/lifecycle.ts';
import { FakeClock, settled } from '../support/clock.ts';

/** A part that runs until its signal aborts and writes down that it did. */
function until(story: string[], name: string) {
  return async (signal: AbortSignal): Promise<void> => {
    story.push(`${name} starts`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    story.push(`${name} ends`);
  };
}

function source(run: SourcePart['run'], version = '1'): SourcePart {
  return { name: 'source', version, run };
}

function outlet(run: OutletPart['run'], more: Partial<OutletPart> = {}): OutletPart {
  return { name: 'outlet', version: '1', run, retire: () => undefined, close: async () => undefined, ...more };
}

function lifecycle(clock: FakeClock, story: string[], more: Partial<Lifecycle> = {}): Lifecycle {
  return {
    sources: [source(until(story, 'source'))],
    outlets: [outlet((drain) => until(story, 'outlet')(drain))],
    upkeep: { name: 'upkeep', run: until(story, 'upkeep') },
    clock,
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    graceMs: 1000,
    onState: () => undefined,
    ...more,
  };
}

test('ends in order: sources, then outlets, then upkeep', async () => {
  const story: string[] = [];
  const stop = new AbortController();
  const done = runLifecycle(lifecycle(new FakeClock(), story), stop.signal);
  await settled();
  stop.abort();
  await done;
  assert.deepEqual(story, [
    'upkeep starts',
    'outlet starts',
    'source starts',
    'source ends',
    'outlet ends',
    'upkeep ends',
  ]);
});

test('ends by itself when every source came to its end', async () => {
  const story: string[] = [];
  const sources = [source(async () => undefined)];
  await runLifecycle(lifecycle(new FakeClock(), story, { sources }), new AbortController().signal);
  assert.deepEqual(story, ['upkeep starts', 'outlet starts', 'outlet ends', 'upkeep ends']);
});

test('an outlet that does not drain is cut off after its time', async () => {
  const clock = new FakeClock();
  const story: string[] = [];
  const outlets = [outlet((_drain, cut) => until(story, 'outlet')(cut))];
  const stop = new AbortController();
  const done = runLifecycle(lifecycle(clock, story, { outlets }), stop.signal);
  await settled();
  stop.abort();
  await clock.advance(749);
  assert.ok(!story.includes('outlet ends'));
  await clock.advance(1);
  await done;
  assert.ok(story.includes('outlet ends'));
});

test('a source is told to read to the end, and cut off after half of the time', async () => {
  const clock = new FakeClock();
  const story: string[] = [];
  const reads = async (drain: AbortSignal, cut: AbortSignal): Promise<void> => {
    await until(story, 'following')(drain);
    await until(story, 'reading to the end')(cut);
  };
  const stop = new AbortController();
  const done = runLifecycle(lifecycle(clock, story, { sources: [source(reads)] }), stop.signal);
  await settled();
  stop.abort();
  await clock.advance(499);
  assert.deepEqual(story.slice(-2), ['following ends', 'reading to the end starts']);
  await clock.advance(1);
  await done;
  assert.deepEqual(story.slice(-3), ['reading to the end ends', 'outlet ends', 'upkeep ends']);
});

test('what the sources take of the time is taken from the deliveries', async () => {
  const clock = new FakeClock();
  const story: string[] = [];
  const sources = [source((_drain, cut) => until(story, 'source')(cut))];
  const outlets = [outlet((_drain, cut) => until(story, 'outlet')(cut))];
  const stop = new AbortController();
  const done = runLifecycle(lifecycle(clock, story, { sources, outlets }), stop.signal);
  await settled();
  stop.abort();
  await clock.advance(749);
  assert.ok(story.includes('source ends') && !story.includes('outlet ends'));
  await clock.advance(1);
  await done;
});

test('a source that is exchanged is cut off at once: its successor goes on', async () => {
  const story: string[] = [];
  const first = source((_drain, cut) => until(story, 'source 1')(cut));
  const life = exchangeable(story, { sources: [first], outlets: [] });
  await settled();
  life.exchange({ sources: [source(until(story, 'source 2'), '2')], outlets: [] });
  await settled();
  assert.deepEqual(story.slice(-2), ['source 1 ends', 'source 2 starts']);
  life.stop.abort();
  await life.done;
});

test('a part that the world refuses is started again after a wait, and is in trouble until it has run well for a while', async () => {
  const clock = new FakeClock();
  const startMs = clock.monotonic();
  const troubles: (readonly [number, string | undefined])[] = [];
  const runs: number[] = [];
  const refused = async (signal: AbortSignal): Promise<void> => {
    runs.push(clock.monotonic() - startMs);
    // Not at once: the second run opens its log and reads before it learns that the disk is still full.
    await clock.sleep(100);
    if (runs.length < 3) throw new OperationalError('io', 'no disk');
    await until([], 'source')(signal);
  };
  const stop = new AbortController();
  const life = lifecycle(clock, [], {
    sources: [source(refused)],
    onState: (part, trouble) => part === 'source' && troubles.push([clock.monotonic() - startMs, trouble]),
  });
  const done = runLifecycle(life, stop.signal);
  await clock.advance(60_000);
  assert.deepEqual(runs, [0, 600, 1700]);
  assert.deepEqual(troubles, [
    [100, 'io: no disk'],
    [700, 'io: no disk'],
    [6700, undefined],
  ]);
  stop.abort();
  await done;
});

test('a source that waits for its next try at a stop tries once more, and no more than that', async () => {
  const clock = new FakeClock();
  const signals: boolean[] = [];
  const refused = async (drain: AbortSignal): Promise<void> => {
    signals.push(drain.aborted);
    throw new OperationalError('io', 'no disk');
  };
  const stop = new AbortController();
  const done = runLifecycle(lifecycle(clock, [], { sources: [source(refused)] }), stop.signal);
  await settled();
  stop.abort();
  await done;
  assert.deepEqual(signals, [false, true]);
});

test('a bug in one part takes all down and is what the caller gets', async () => {
  const story: string[] = [];
  const sources = [source(() => Promise.reject(new InvariantError('no such thing')))];
  await assert.rejects(
    runLifecycle(lifecycle(new FakeClock(), story, { sources }), new AbortController().signal),
    InvariantError,
  );
  assert.ok(story.includes('upkeep ends'));
});

/** A lifecycle whose parts the test exchanges. */
function exchangeable(story: string[], first: Parts) {
  let exchange: (parts: Parts) => void = () => assert.fail('not running yet');
  const stop = new AbortController();
  const watch = {
    name: 'watch',
    run: (give: (parts: Parts) => void, signal: AbortSignal) => {
      exchange = give;
      return until(story, 'watch')(signal);
    },
  };
  const done = runLifecycle(lifecycle(new FakeClock(), story, { ...first, watch }), stop.signal);
  return { exchange: (parts: Parts) => exchange(parts), stop, done };
}

test('exchanging leaves parts of the same version alone and starts another version when the old one has ended', async () => {
  const story: string[] = [];
  const retired = new AbortController();
  const closed = async (): Promise<void> => void story.push('outlet 1 closed');
  const one = outlet(() => until(story, 'outlet 1')(retired.signal), { retire: () => retired.abort(), close: closed });
  const two = outlet((drain) => until(story, 'outlet 2')(drain), { version: '2' });
  const kept = { ...source(until(story, 'kept')), name: 'kept' };
  const life = exchangeable(story, { sources: [kept, source(until(story, 'source 1'))], outlets: [one] });
  await settled();
  story.length = 0;
  life.exchange({ sources: [kept, source(until(story, 'source 2'), '2')], outlets: [two] });
  await settled();
  assert.deepEqual(story.toSorted(), [
    'outlet 1 closed',
    'outlet 1 ends',
    'outlet 2 starts',
    'source 1 ends',
    'source 2 starts',
  ]);
  assert.ok(story.indexOf('outlet 1 closed') < story.indexOf('outlet 2 starts'));
  life.stop.abort();
  await life.done;
  assert.deepEqual(story.slice(5).toSorted(), [
    'kept ends',
    'outlet 2 ends',
    'source 2 ends',
    'upkeep ends',
    'watch ends',
  ]);
});

test('a source that is removed ends, and the rest goes on; one that is added while the program stops never starts', async () => {
  const story: string[] = [];
  const other = { ...source(until(story, 'other')), name: 'other' };
  const life = exchangeable(story, { sources: [source(until(story, 'source')), other], outlets: [] });
  await settled();
  life.exchange({ sources: [other], outlets: [] });
  await settled();
  assert.ok(story.includes('source ends') && !story.includes('other ends'));
  life.stop.abort();
  life.exchange({ sources: [other, source(until(story, 'late'))], outlets: [] });
  await life.done;
  assert.ok(!story.includes('late starts'));
});

test('a part that is removed in the middle of its trouble is no trouble any more', async () => {
  const clock = new FakeClock();
  const troubles = new Map<string, string | undefined>();
  const refused = { ...source(() => Promise.reject(new OperationalError('io', 'no disk'))), name: 'refused' };
  const stop = new AbortController();
  const life = lifecycle(clock, [], { onState: (part, trouble) => troubles.set(part, trouble) });
  const { sources, outlets } = life;
  const watch = {
    name: 'watch',
    run: async (exchange: (parts: Parts) => void, signal: AbortSignal) => {
      await settled();
      exchange({ sources, outlets });
      await until([], 'watch')(signal);
    },
  };
  const done = runLifecycle({ ...life, sources: [...sources, refused], watch }, stop.signal);
  await clock.advance(1);
  await settled();
  assert.equal(troubles.get('refused'), undefined);
  assert.ok(troubles.has('refused'));
  stop.abort();
  await done;
});
