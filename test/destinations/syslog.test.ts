import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { beforeEach, describe, test } from 'node:test';
import type { Delivery } from '../../src/core/delivery.ts';
import { eventText } from '../../src/destinations/format.ts';
import { syslog } from '../../src/destinations/syslog/syslog.ts';
import { leased } from '../support/leased.ts';
import { problemsOf, type Written } from '../support/receivers/destination.ts';
import { listen } from '../support/receivers/listen.ts';
import type { SyslogReceiver } from '../support/receivers/syslog.ts';
import { waitFor } from '../support/source.ts';
import { context, signal, syslogs, withEvent } from './syslogs.ts';

const { create, receive } = syslogs();

describe('a message', () => {
  let receiver: SyslogReceiver;
  beforeEach(async () => {
    receiver = await receive();
  });

  async function message(options: Written, delivery: Delivery): Promise<string> {
    const destination = create({ port: receiver.port, transport: 'tcp', ...options });
    assert.deepEqual(await destination.send([delivery], signal), { status: 'delivered' });
    await receiver.received(1);
    assert.deepEqual(receiver.wrong, []);
    return receiver.messages.at(-1) ?? '';
  }

  test('is as RFC 5424 says, byte for byte', async () => {
    const origin = { pod: 'authentik-server-0', container: 'server' };
    const delivery = withEvent({ origin });
    const { id } = delivery.event;
    assert.equal(
      await message({}, delivery),
      `<84>1 2026-01-15T09:00:00.001Z authentik-server-0 authentik server login_failed ` +
        `[authentik@32473 key="${id}.00000000" action="login_failed" severity="warning" rule="failed logins" user="ada.lovelace" client_ip="203.0.113.7"]` +
        `[origin software="authentik-herald" swVersion="0.1.0"] ${eventText('herald', delivery, context)}`,
    );
  });

  test('has the facility and names that were asked for, and its severity from the rule', async () => {
    const options = { facility: 'local3', app_name: 'idp', hostname: 'auth.example.com', structured_data: false };
    const text = await message(options, withEvent({}, { severity: 'alert' }));
    assert.ok(text.startsWith('<153>1 2026-01-15T09:00:00.001Z auth.example.com idp - login_failed - {"rule":'), text);
  });

  test('has only printable ASCII in its header, and its structured data escaped', async () => {
    const evil = 'a b\n<13>1 é\u0000"]\\';
    const text = await message(
      { format: 'cef', structured_data: true },
      withEvent({ action: evil, user: { username: evil }, origin: { pod: evil, container: evil } }, { rule: evil }),
    );
    const [, host, , process, id] = / (\S+) (\S+) (\S+) (\S+) \[/.exec(text) ?? [];
    for (const part of [host, process, id]) assert.equal(part, 'a_b_<13>1___"]\\');
    const visible = String.raw`a b ⏎ <13>1 é‹U+0000›\"\]\\`;
    assert.ok(text.includes(` action="${visible}" severity="warning" rule="${visible}" user="${visible}"`), text);
    assert.doesNotMatch(text, /\p{Cc}/u);
  });

  test('in JSON is ASCII, the same value, without a byte order mark', async () => {
    const delivery = withEvent({ user: { username: 'josé.núñez 🔑\u0085\u202e\u007f' } });
    const text = await message({}, delivery);
    const json = text.slice(text.indexOf('{"rule"'));
    assert.match(json, /^[\x20-\x7e]*$/);
    const { user } = JSON.parse(json) as { user: unknown };
    assert.deepEqual(user, { username: 'josé.núñez 🔑\u0085\u202e\u007f' });
  });

  test('in CEF begins with a byte order mark where it is not ASCII, unless that is not wanted', async () => {
    const foreign = withEvent({ user: { username: 'josé' }, context: {} });
    const sent = async (options: Written, delivery: Delivery): Promise<string> => {
      receiver = await receive();
      const text = await message({ format: 'cef', ...options }, delivery);
      return text.slice(text.indexOf(' - ', text.indexOf('login_failed')) + 3, -1).slice(0, 6);
    };
    assert.equal(await sent({}, foreign), '\ufeffCEF:0');
    assert.equal(await sent({ bom: false }, foreign), 'CEF:0|');
    assert.equal(await sent({}, leased(1)), 'CEF:0|');
  });

  test('that is too long has its longest texts cut, and those beside it are whole', async () => {
    const long = withEvent({ context: { username: 'ada.lovelace', body: 'long '.repeat(10_000) } });
    const destination = create({ port: receiver.port, transport: 'tcp', max_size: '2KiB', hostname: 'h' });
    assert.deepEqual(await destination.send([leased(1), long, leased(3)], signal), { status: 'delivered' });
    await receiver.received(3);
    const [first = '', second = '', third = ''] = receiver.messages;
    assert.equal(second.match(/…|\\u2026\[shortened\]/g)?.length, 1);
    assert.ok(second.length <= 2048 && second.length > 2000, `${second.length}`);
    for (const [text, at] of [
      [first, 1],
      [third, 3],
    ] as const) {
      assert.ok(text.endsWith(eventText('herald', leased(at), context)));
    }
  });

  test('with lines for frames ends in one', async () => {
    const chunks: Buffer[] = [];
    const server = createServer((socket) => void socket.on('data', (chunk) => chunks.push(chunk)));
    const port = await listen(server);
    const destination = create({ port, transport: 'tcp', framing: 'lf' });
    const evil = withEvent({ action: 'custom_\n<13>1 forged', context: { a: '\n', b: '\u0085' } });
    assert.deepEqual(await destination.send([evil, leased(2)], signal), { status: 'delivered' });
    await waitFor(() => Buffer.concat(chunks).toString().split('\n').length >= 3, 'two lines');
    const lines = Buffer.concat(chunks).toString().split('\n');
    assert.equal(lines.length, 3);
    assert.ok(lines.slice(0, 2).every((line) => line.startsWith('<84>1 ')));
    await destination.close();
    server.close();
  });
});

describe('wrong options', () => {
  for (const [name, options, expected] of [
    ['lines over TLS', { framing: 'lf' }, /^framing: only `tcp`/],
    ['a datagram that is none', { transport: 'udp', max_size: '64KiB' }, /^max_size: a datagram holds/],
    ['no room', { max_size: 480 }, /^max_size: use no less than 1024/],
  ] as const) {
    test(name, () => {
      const problems = problemsOf(syslog, { host: 'h', ...options });
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', expected);
    });
  }
});
