import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { InvariantError, OperationalError } from '../../src/core/errors.ts';
import { runLifecycle, type Lifecycle } from '../../src/pipeline/lifecycle.ts';
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

function lifecycle(clock: FakeClock, story: string[], more: Partial<Lifecycle> = {}): Lifecycle {
  return {
    sources: [{ name: 'source', run: until(story, 'source') }],
    outlets: [{ name: 'outlet', run: (drain) => until(story, 'outlet')(drain) }],
    upkeep: { name: 'upkeep', run: until(story, 'upkeep') },
    clock,
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    drainMs: 1000,
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
  const sources = [{ name: 'source', run: async () => undefined }];
  await runLifecycle(lifecycle(new FakeClock(), story, { sources }), new AbortController().signal);
  assert.deepEqual(story, ['upkeep starts', 'outlet starts', 'outlet ends', 'upkeep ends']);
});

test('an outlet that does not drain is cut off after its time', async () => {
  const clock = new FakeClock();
  const story: string[] = [];
  const outlets = [{ name: 'outlet', run: (_drain: AbortSignal, cut: AbortSignal) => until(story, 'outlet')(cut) }];
  const stop = new AbortController();
  const done = runLifecycle(lifecycle(clock, story, { outlets }), stop.signal);
  await settled();
  stop.abort();
  await clock.advance(999);
  assert.ok(!story.includes('outlet ends'));
  await clock.advance(1);
  await done;
  assert.ok(story.includes('outlet ends'));
});

test('a part that the world refuses is started again after a wait, and says meanwhile what is wrong', async () => {
  const clock = new FakeClock();
  const troubles: (string | undefined)[] = [];
  let runs = 0;
  const source = async (signal: AbortSignal): Promise<void> => {
    runs += 1;
    if (runs < 3) throw new OperationalError('io', 'no disk');
    await until([], 'source')(signal);
  };
  const stop = new AbortController();
  const life = lifecycle(clock, [], {
    sources: [{ name: 'source', run: source }],
    onState: (part, trouble) => part === 'source' && troubles.push(trouble),
  });
  const done = runLifecycle(life, stop.signal);
  await clock.advance(60_000);
  stop.abort();
  await done;
  assert.equal(runs, 3);
  assert.deepEqual(troubles, [undefined, 'io: no disk', undefined, 'io: no disk', undefined]);
});

test('a bug in one part takes all down and is what the caller gets', async () => {
  const story: string[] = [];
  const sources = [{ name: 'source', run: () => Promise.reject(new InvariantError('no such thing')) }];
  await assert.rejects(
    runLifecycle(lifecycle(new FakeClock(), story, { sources }), new AbortController().signal),
    InvariantError,
  );
  assert.ok(story.includes('upkeep ends'));
});
