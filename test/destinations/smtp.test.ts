import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import PostalMime, { type Email } from 'postal-mime';
import { systemClock } from '../../src/core/clock.ts';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { smtp } from '../../src/destinations/smtp.ts';
import { fromStored } from '../../src/redact/redactor.ts';
import { leased } from '../support/leased.ts';
import { makeCertificates, type Certificates } from '../support/receivers/certificates.ts';
import { createDestination, problemsOf, type Written } from '../support/receivers/destination.ts';
import { startSmtpReceiver, type SmtpReceiver, type SmtpScript } from '../support/receivers/smtp.ts';

const { signal } = new AbortController();
const password = 'correct-horse-battery';
const addresses = { from: 'herald@example.com', to: ['oncall@example.com'] };
let receiver: SmtpReceiver;
let destination: Destination | undefined;

beforeEach(async () => {
  receiver = await startSmtpReceiver();
});

afterEach(async () => {
  await destination?.close();
  destination = undefined;
  await receiver.close();
});

function send(options: Written, ...batch: readonly Delivery[]): Promise<SendResult> {
  const written = { host: '127.0.0.1', port: receiver.port, tls: 'none', ...addresses, ...options };
  destination ??= createDestination(smtp, written);
  return destination.send(batch, signal);
}

async function mailOf(options: Written, ...batch: readonly Delivery[]): Promise<Email> {
  assert.deepEqual(await send(options, ...batch), { status: 'delivered' });
  return PostalMime.parse(Buffer.from(receiver.mails.at(-1)?.message ?? '', 'latin1'));
}

function header(mail: Email, name: string): string | undefined {
  return mail.headers.find(({ key }) => key === name)?.value;
}

function withEvent(event: { readonly [key: string]: unknown }, more: Partial<Delivery> = {}): Delivery {
  const base = leased(1);
  const json = JSON.stringify({ id: base.event.id, at: base.event.at, origin: {}, user: {}, context: {}, ...event });
  return { ...base, event: fromStored(json), bytes: Buffer.from(json), ...more };
}

describe('a mail', () => {
  test('is addressed, named and dated', async () => {
    const beforeMs = Math.floor(Date.now() / 1000) * 1000;
    const mail = await mailOf({}, leased(1));
    assert.deepEqual(receiver.mails[0]?.to, ['oncall@example.com']);
    assert.equal(receiver.mails[0].from, 'herald@example.com');
    assert.equal(mail.from?.address, 'herald@example.com');
    assert.deepEqual(
      mail.to?.map(({ address }) => address),
      ['oncall@example.com'],
    );
    assert.equal(mail.messageId, `<${leased(1).key}@herald.invalid>`);
    assert.match(mail.subject ?? '', /^\[authentik\] .*ada\.lovelace/);
    assert.equal(header(mail, 'auto-submitted'), 'auto-generated');
    assert.equal(header(mail, 'x-herald-rule'), 'failed logins');
    assert.equal(header(mail, 'x-herald-severity'), 'warning');
    assert.ok(Date.parse(mail.date ?? '') >= beforeMs);
  });

  test('says the same as text and as HTML', async () => {
    const mail = await mailOf({}, leased(1));
    assert.match(header(mail, 'content-type') ?? '', /^multipart\/alternative/);
    for (const part of [mail.text ?? '', (mail.html ?? '').replaceAll(/<style>[\s\S]*<\/style>|<[^>]*>/g, ' ')]) {
      assert.match(part, /ada\.lovelace/);
      assert.match(part, /203\.0\.113\.7/);
      assert.match(part, /failed logins/);
      assert.match(part, /Sent by authentik-herald on herald-0\./);
      assert.match(part, new RegExp(leased(1).event.id));
    }
    assert.match(mail.html ?? '', /<a [^>]*href="https:\/\/auth\.example\.com\//);
    assert.match(mail.text ?? '', /https:\/\/auth\.example\.com\//);
  });

  test('has the same Message-ID on every attempt', async () => {
    const first = await mailOf({}, leased(7));
    const second = await mailOf({}, leased(7));
    assert.equal(second.messageId, first.messageId);
  });

  test('cannot be bent by what an event holds', async () => {
    const username = 'x\r\nBcc: eve@example.com\r\n\r\n<script>alert(1)</script><b onclick="x">\u202e&';
    const delivery = withEvent(
      { action: 'login_failed', context: { username }, user: { username } },
      { rule: 'Regel Ä\r\nX-Injected: yes', severity: 'alert' },
    );
    const mail = await mailOf({ subject_prefix: 'Ärger: ' }, delivery);
    assert.equal(header(mail, 'bcc'), undefined);
    assert.equal(header(mail, 'x-injected'), undefined);
    assert.deepEqual(receiver.mails[0]?.to, ['oncall@example.com']);
    assert.match(mail.subject ?? '', /^Ärger: /);
    assert.doesNotMatch(mail.subject ?? '', /[\r\n\u202e]/);
    assert.doesNotMatch(mail.html ?? '', /<script|<b onclick|\u202e/);
    assert.equal(header(mail, 'x-priority'), '1 (Highest)');
  });

  test('with several events is a digest of them, named by all', async () => {
    const mail = await mailOf({}, leased(1), leased(2), withEvent({ action: 'logout' }, { severity: 'alert' }));
    assert.match(mail.subject ?? '', /^\[authentik\] 3 notifications/);
    assert.match(mail.messageId ?? '', /^<batch\.[0-9a-f]{32}@herald\.invalid>$/);
    assert.equal((mail.text ?? '').match(/ warning: /g)?.length, 2);
    assert.equal((mail.html ?? '').match(/class="card"/g)?.length, 4);
    assert.equal(header(mail, 'x-herald-severity'), 'alert');
  });

  test('follows the one before on the same connection', async () => {
    for (let i = 1; i <= 3; i += 1) await mailOf({}, leased(i));
    assert.equal(receiver.accepted(), 1);
    await destination?.close();
    await receiver.idle();
    assert.equal(receiver.commands.at(-1), 'QUIT');
  });

  test('gets a new connection when the server has closed the idle one', async () => {
    await mailOf({}, leased(1));
    receiver.disconnect();
    // Whether the close is noticed before or by the next mail is a race that the delivery loop's retry covers.
    const results = [await send({}, leased(2)), await send({}, leased(2))];
    assert.ok(results.some(({ status }) => status === 'delivered'));
    assert.equal(receiver.accepted(), 2);
  });
});

describe('what the server says', () => {
  for (const [name, script, expected] of [
    ['greylisting', { RCPT: '451 4.7.1 come back' }, { status: 'retry', reason: 'unavailable' }],
    ['a full server', { MESSAGE: '452 4.3.1 no space' }, { status: 'retry', reason: 'unavailable' }],
    ['an unknown recipient', { RCPT: '550 5.1.1 nobody' }, { status: 'rejected', reason: 'not_found' }],
    ['a refused sender', { MAIL: '553 5.7.1 not yours' }, { status: 'rejected', reason: 'not_found' }],
    ['a refused mail', { MESSAGE: '554 5.7.1 spam' }, { status: 'rejected', reason: 'invalid' }],
    ['too large a mail', { MESSAGE: '552 5.3.4 too big' }, { status: 'rejected', reason: 'too_large' }],
    [
      'a demand for a login',
      { MAIL: '530 5.7.0 login' },
      { status: 'retry', reason: 'unauthorized', afterMs: 120_000 },
    ],
    ['no service', { GREETING: '554 5.3.2 no service' }, { status: 'retry', reason: 'unavailable' }],
    ['closing down', { MAIL: '421 4.3.2 bye' }, { status: 'retry', reason: 'unavailable' }],
    ['no SMTP', { GREETING: 'SSH-2.0-OpenSSH_9.2p1' }, { status: 'retry', reason: 'protocol' }],
    ['a lost connection', { DATA: 'reset' }, { status: 'retry', reason: 'reset' }],
    ['a connection lost at once', { GREETING: 'reset' }, { status: 'retry', reason: 'reset' }],
  ] as readonly (readonly [string, SmtpScript, SendResult])[]) {
    test(`${name} is ${expected.status}`, async () => {
      receiver.script(script);
      const { detail, ...result } = await send({}, leased(1));
      assert.deepEqual(result, expected);
      const reply = Object.values(script).find((answer) => /^\d/.test(String(answer)));
      if (reply !== undefined) assert.equal(detail, `SMTP ${String(reply)}`);
      assert.equal(receiver.mails.length, 0);
      await receiver.idle();
    });
  }

  test('one of two recipients refused is delivered, and says so', async () => {
    receiver.script({ RCPT: ['250 ok', '550 5.1.1 nobody'] });
    const result = await send({ to: ['oncall@example.com', 'gone@example.com'] }, leased(1));
    assert.deepEqual(result, { status: 'delivered', detail: 'refused for gone@example.com: 550 5.1.1 nobody' });
    assert.deepEqual(receiver.mails[0]?.to, ['oncall@example.com']);
  });

  test('a wrong password is held and tried again slowly, and not repeated', async () => {
    const base64 = Buffer.from(`\0herald\0${password}`).toString('base64');
    receiver.script({ AUTH: `535 5.7.8 no: ${password} ${base64}` });
    const result = await send({ username: 'herald', password }, leased(1));
    assert.deepEqual(result, {
      status: 'retry',
      reason: 'unauthorized',
      afterMs: 120_000,
      detail: 'SMTP 535 5.7.8 no: *** ***',
    });
  });

  test('a refusal leaves nothing behind for the next mail', async () => {
    receiver.script({ RCPT: '550 5.1.1 nobody' });
    await send({}, leased(1));
    receiver.script({});
    await mailOf({}, leased(2));
    assert.equal(receiver.mails.length, 1);
  });

  test('nothing in time is a time-out', async () => {
    receiver.script({ MESSAGE: 'hang' });
    const common = { timeoutMs: 300, tls: {}, proxy: undefined };
    const options = { host: '127.0.0.1', port: receiver.port, tls: 'none', ...addresses };
    destination = createDestination(smtp, options, { common });
    const result = await destination.send([leased(1)], signal);
    assert.equal(result.status === 'retry' && result.reason, 'timeout');
    await receiver.idle();
  });

  test('nobody there is refused', async () => {
    await receiver.close();
    const result = await send({}, leased(1));
    assert.deepEqual(result, { status: 'retry', reason: 'refused', detail: 'ECONNREFUSED' });
    receiver = await startSmtpReceiver();
  });
});

describe('aborting', () => {
  for (const command of ['GREETING', 'EHLO', 'AUTH', 'MAIL', 'MESSAGE']) {
    test(`ends a mail that waits for the answer to ${command}`, async () => {
      receiver.script({ [command]: 'hang' });
      const abort = new AbortController();
      const options = {
        host: '127.0.0.1',
        port: receiver.port,
        tls: 'none',
        ...addresses,
        username: 'herald',
        password,
      };
      destination = createDestination(smtp, options);
      const sending = destination.send([leased(1)], abort.signal);
      const seen = { GREETING: undefined, MESSAGE: 'DATA' } as { readonly [command: string]: string | undefined };
      if (command === 'GREETING') await systemClock.sleep(50);
      else await receiver.received(seen[command] ?? command);
      abort.abort();
      assert.deepEqual(await sending, { status: 'retry', reason: 'unavailable', detail: 'aborted' });
      await receiver.idle();
    });
  }
});

describe('encryption', () => {
  let certificates: Certificates;
  let secure: SmtpReceiver;

  before(() => {
    certificates = makeCertificates();
  });
  after(() => {
    rmSync(certificates.directory, { recursive: true });
  });
  afterEach(async () => {
    await secure.close();
  });

  function sendTo(port: number, tls: string, ca: string | undefined): Promise<SendResult> {
    const common = { timeoutMs: 20_000, tls: { ...(ca !== undefined && { ca }) }, proxy: undefined };
    const options = { host: '127.0.0.1', port, tls, ...addresses, username: 'herald', password };
    destination = createDestination(smtp, options, { common });
    return destination.send([leased(1)], signal);
  }

  test('STARTTLS comes before the password', async () => {
    secure = await startSmtpReceiver(certificates.server);
    assert.deepEqual(await sendTo(secure.port, 'starttls', certificates.ca), { status: 'delivered' });
    const verbs = secure.commands.map((line) => line.split(' ')[0]);
    assert.deepEqual(verbs.slice(0, 4), ['EHLO', 'STARTTLS', 'EHLO', 'AUTH']);
  });

  test('TLS from the start', async () => {
    secure = await startSmtpReceiver({ ...certificates.server, implicit: true });
    assert.deepEqual(await sendTo(secure.port, 'implicit', certificates.ca), { status: 'delivered' });
  });

  test('an unknown authority gets no password', async () => {
    for (const implicit of [false, true]) {
      secure = await startSmtpReceiver({ ...certificates.server, implicit });
      const result = await sendTo(secure.port, implicit ? 'implicit' : 'starttls', undefined);
      assert.equal(result.status === 'retry' && result.reason, 'tls', JSON.stringify(result));
      assert.ok(!secure.commands.some((line) => line.startsWith('AUTH')));
      await destination?.close();
      if (!implicit) await secure.close();
    }
  });

  test('a server without STARTTLS gets nothing', async () => {
    secure = await startSmtpReceiver();
    const result = await sendTo(secure.port, 'starttls', undefined);
    assert.equal(result.status === 'retry' && result.reason, 'tls', JSON.stringify(result));
    assert.ok(!secure.commands.some((line) => /^(?:AUTH|MAIL)/.test(line)));
  });
});

describe('wrong options', () => {
  for (const [name, options, expected] of [
    ['a user without a password', { username: 'a' }, 'password: required with `username`'],
    ['a password without a user', { password: 'b' }, 'username: required with `password`'],
    [
      'a password in clear text',
      { username: 'a', password: 'b', tls: 'none' },
      'tls: the password would be sent in clear text: use `starttls` or `implicit`',
    ],
  ] as const) {
    test(name, () => {
      assert.deepEqual(problemsOf(smtp, { host: 'mail.example.com', ...addresses, ...options }), [expected]);
    });
  }

  test('clear text to the own machine and the example are right', () => {
    const local = { host: 'localhost', ...addresses, username: 'a', password: 'b', tls: 'none' };
    assert.deepEqual([...problemsOf(smtp, local), ...problemsOf(smtp, smtp.example)], []);
  });
});
