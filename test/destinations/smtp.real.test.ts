import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import PostalMime from 'postal-mime';
import type { Delivery, SendResult } from '../../src/core/delivery.ts';
import { smtp } from '../../src/destinations/smtp.ts';
import { leased } from '../support/leased.ts';
import { mailServerLogin } from '../support/mail/config.ts';
import { mailServerMissing, startMailServer, type MailServer } from '../support/mail/server.ts';
import { createDestination, type Written } from '../support/receivers/destination.ts';

const missing = mailServerMissing();
const mustRun = process.env['CI'] !== undefined && process.env['CI'] !== 'false';

if (missing !== undefined && mustRun) {
  test('a real mail server', () => assert.fail(missing));
} else {
  describe('a real mail server', { skip: missing ?? false, timeout: 120_000 }, suite);
}

function suite(): void {
  let server: MailServer;

  before(async () => {
    server = await startMailServer();
  });
  after(async () => {
    await server?.stop();
  });

  async function send(options: Written, ca: string | undefined, ...batch: readonly Delivery[]): Promise<SendResult> {
    const common = { timeoutMs: 20_000, tls: { ...(ca !== undefined && { ca }) }, proxy: undefined };
    const base = { host: '127.0.0.1', from: 'herald@example.com', to: ['oncall@example.com'], ...mailServerLogin };
    const destination = createDestination(smtp, { ...base, ...options }, { common });
    const result = await destination.send(batch, new AbortController().signal);
    await destination.close();
    return result;
  }

  async function box(name: string, count: number): Promise<readonly Awaited<ReturnType<typeof PostalMime.parse>>[]> {
    const mails = await server.mails(name, count);
    assert.equal(mails.length, count, server.log());
    return Promise.all(mails.map((mail) => PostalMime.parse(mail)));
  }

  test('takes mails over STARTTLS and over TLS, logged in, and keeps them as they were sent', async () => {
    const { ca } = server.certificates;
    const over = { submission: { port: server.submissionPort }, smtps: { port: server.smtpsPort, tls: 'implicit' } };
    assert.deepEqual(await send(over.submission, ca, leased(1)), { status: 'delivered' }, server.log());
    assert.deepEqual(await send(over.smtps, ca, leased(2), leased(3)), { status: 'delivered' }, server.log());
    const mails = await box('oncall', 2);
    const one = mails.find((mail) => mail.messageId === `<${leased(1).key}@herald.invalid>`);
    const digest = mails.find((mail) => mail !== one);
    assert.match(one?.subject ?? '', /^\[authentik\] .*ada\.lovelace/);
    assert.match(one?.text ?? '', /203\.0\.113\.7/);
    assert.match(one?.html ?? '', /203\.0\.113\.7/);
    assert.deepEqual(
      one?.to?.map(({ address }) => address),
      ['oncall@example.com'],
    );
    assert.match(digest?.subject ?? '', /^\[authentik\] 2 notifications/);
    assert.match(one?.headers.find(({ key }) => key === 'received')?.value ?? '', /ESMTPSA/);
  });

  test('refuses a wrong password: held', async () => {
    const options = { port: server.submissionPort, password: 'wrong-password-here' };
    const result = await send(options, server.certificates.ca, leased(4));
    assert.ok(result.status === 'retry' && result.reason === 'unauthorized', JSON.stringify(result));
    assert.match(result.detail ?? '', /^SMTP 535 /);
    assert.doesNotMatch(result.detail ?? '', /wrong-password-here/);
  });

  test('is not trusted with an unknown authority', async () => {
    for (const options of [{ port: server.submissionPort }, { port: server.smtpsPort, tls: 'implicit' }]) {
      const result = await send(options, undefined, leased(5));
      assert.ok(result.status === 'retry' && result.reason === 'tls', JSON.stringify(result));
    }
  });

  test('gives nothing without encryption', async () => {
    const options = { port: server.submissionPort, tls: 'none', host: '127.0.0.1' };
    const result = await send(options, undefined, leased(6));
    assert.ok(result.status === 'retry' && result.reason === 'unauthorized', JSON.stringify(result));
  });

  test('refuses an unknown recipient: given up, alone or beside a known one', async () => {
    const { ca } = server.certificates;
    const port = server.submissionPort;
    const alone = await send({ port, to: ['nobody@example.com'] }, ca, leased(7));
    assert.ok(alone.status === 'rejected' && alone.reason === 'not_found', JSON.stringify(alone));
    const beside = await send({ port, to: ['second@example.com', 'nobody@example.com'] }, ca, leased(8));
    assert.ok(beside.status === 'delivered' && beside.detail?.startsWith('refused for nobody@example.com: 550 '));
    assert.equal((await box('second', 1)).length, 1);
  });
}
