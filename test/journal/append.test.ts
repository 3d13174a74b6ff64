import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  batch,
  changesOf,
  deliver,
  entry,
  event,
  idOf,
  limit,
  open,
  rememberedOf,
  range,
  storedIds,
  t0,
  tempFolder,
} from './harness.ts';

test('a batch is whole after reopening: events, deliveries, checkpoints, counts, rule state', () => {
  const path = tempFolder();
  const first = open(path);
  const result = first.append(
    batch([entry(1, ['chat', 'siem']), entry(2, ['siem']), entry(3, [])], {
      counts: { event: 3, access: 40, plain: 0 },
      checkpoints: new Map([['file-1', { next: 120, open: { stdout: 80 } }]]),
      ruleState: changesOf([['spray', { count: 3 }]]),
    }),
    t0,
  );
  assert.deepEqual(result, { status: 'done', inserted: 3, duplicates: 0, shed: new Map() });
  first.close();

  const second = open(path);
  assert.deepEqual(storedIds(second), [1, 2, 3].map(idOf));
  assert.deepEqual(second.checkpoints('server'), new Map([['file-1', { next: 120, open: { stdout: 80 } }]]));
  assert.deepEqual(second.checkpoints('worker'), new Map());
  assert.deepEqual(second.lines(), new Map([['server', { event: 3, access: 40 }]]));
  assert.deepEqual(second.ruleState(), rememberedOf([['spray', { count: 3 }]]));
  assert.deepEqual(
    second.lease('siem', limit, t0).map((item) => item.event.id),
    [1, 2].map(idOf),
  );
  assert.equal(second.lease('chat', limit, t0).length, 1);
  assert.deepEqual(second.destinations(), ['chat', 'siem']);
});

test('an event comes back as it went in', () => {
  const path = tempFolder();
  const odd = event(7, {
    action: 'custom_§ünïcode"\\',
    client_ip: '2001:db8::1',
    context: { text: 'a\u0000b\u2028\ud83d\ude00', nested: { constructor: [1, 1e300, null, true] } },
  });
  const first = open(path);
  first.append(batch([{ event: odd, deliveries: [{ rule: 'r', severity: 'alert', destination: 'chat' }] }]), t0);
  const [cached] = first.lease('chat', limit, t0);
  first.close();
  const [stored] = open(path).lease('chat', limit, t0);
  assert.deepEqual(JSON.parse(Buffer.from(stored?.bytes ?? []).toString()), JSON.parse(JSON.stringify(odd)));
  assert.deepEqual(stored?.event.context, odd.context);
  // From memory or from disk, a lease is the same.
  assert.deepEqual({ ...stored, event: 0 }, { ...cached, event: 0 });
});

test('the key names event and rule, and is the same after a restart', () => {
  const path = tempFolder();
  const journal = open(path);
  const digest = createHash('sha256').update('failed logins').digest('hex').slice(0, 8);
  journal.append(
    batch([{ event: event(1), deliveries: [{ rule: 'failed logins', severity: 'warning', destination: 'chat' }] }]),
    t0 + 5,
  );
  const expected = { key: `${idOf(1)}.${digest}`, rule: 'failed logins', severity: 'warning', attempts: 0 };
  for (const each of [journal, undefined]) {
    if (each === undefined) journal.close();
    const [leased] = (each ?? open(path)).lease('chat', limit, t0 + 5);
    assert.partialDeepStrictEqual(leased, { ...expected, firstDueAt: t0 + 5 });
  }
});

test('an event that is there already is neither written nor delivered again, but the checkpoint and the counts move', () => {
  const journal = open(tempFolder());
  journal.append(batch(range(0, 100).map((n) => entry(n))), t0);
  const again = journal.append(
    // Duplicates in the middle of a multi-row statement, at its edges, and within the batch itself.
    batch(
      [...range(90, 130), 129, 5].map((n) => entry(n)),
      { counts: { event: 42, go: 1 }, checkpoints: new Map([['f', 2]]) },
    ),
    t0 + 1,
  );
  assert.deepEqual(again, { status: 'done', inserted: 30, duplicates: 12, shed: new Map() });
  assert.deepEqual(storedIds(journal), range(0, 130).map(idOf));
  assert.equal(journal.queue('chat').made, 130);
  assert.deepEqual(journal.checkpoints('server'), new Map([['f', 2]]));
  assert.deepEqual(journal.lines(), new Map([['server', { event: 142, go: 1 }]]));
  assert.deepEqual(
    deliver(journal, 'chat', t0 + 1).map((item) => item.event.id),
    range(0, 130).map(idOf),
  );
});

test('a batch without events moves the checkpoint; null forgets one', () => {
  const journal = open(tempFolder());
  journal.append(batch([], { counts: { access: 7 }, checkpoints: new Map(Object.entries({ a: 1, b: 'x' })) }), t0);
  journal.append(batch([], { counts: { access: 1 }, checkpoints: new Map([['a', null]]) }), t0);
  assert.deepEqual(journal.checkpoints('server'), new Map([['b', 'x']]));
  assert.deepEqual(journal.lines(), new Map([['server', { access: 8 }]]));
});

test('names and keys that a plain object would trip over are names and keys', () => {
  const journal = open(tempFolder());
  const names = ['__proto__', 'constructor', "'; DROP TABLE event; --"];
  for (const name of names) {
    const deliveries = [{ rule: name, severity: 'notice', destination: name } as const];
    journal.append(
      {
        ...batch([{ event: event(names.indexOf(name)), deliveries }]),
        source: name,
        checkpoints: new Map([[name, 1]]),
      },
      t0,
    );
    assert.equal(journal.lease(name, limit, t0)[0]?.rule, name);
    assert.deepEqual(journal.checkpoints(name), new Map([[name, 1]]));
  }
  assert.deepEqual([...journal.lines().keys()].sort(), [...names].sort());
});

test('half a character is stored as U+FFFD: the bytes go out as they are, and strict readers refuse a lone surrogate', () => {
  const path = tempFolder();
  const journal = open(path);
  const half = event(8, { context: { text: 'a\ud800b', '\udc00': '\\ud800 stays', whole: '\ud83d\ude00' } });
  journal.append(batch([{ event: half, deliveries: entry(8).deliveries }]), t0);
  const [item] = journal.lease('chat', limit, t0);
  assert.match(item?.bytes?.toString() ?? '', /"text":"a\ufffdb"/);
  assert.deepEqual(item?.event.context, { text: 'a\ufffdb', '\ufffd': '\\ud800 stays', whole: '\ud83d\ude00' });
});

test('what was written is known, and nothing else, in whatever order it comes and after a restart', () => {
  const path = tempFolder();
  let journal = open(path);
  const [early, late, later] = [event(5), event(9), event(12)];
  assert.ok(!journal.has(early), 'an empty journal has nothing');
  journal.append(batch([entry(9)]), t0);
  journal.append(batch([entry(5)]), t0);
  for (const restarted of [false, true]) {
    assert.ok(journal.has(early) && journal.has(late), `both are there, restarted: ${restarted}`);
    assert.ok(!journal.has(later), 'what is younger than all is not');
    assert.ok(!journal.has(event(7)), 'what lies between is not');
    assert.ok(!journal.has({ id: early.id, at: late.at }), 'an id belongs to its time');
    assert.ok(!journal.has({ id: later.id, at: late.at }), 'a time may have another event');
    journal.close();
    journal = open(path);
  }
});
