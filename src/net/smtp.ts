import { once } from 'node:events';
import type { Socket } from 'node:net';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Clock } from '../core/clock.ts';
import { product } from '../core/identity.ts';
import { bounded } from './bounded.ts';
import { connectMsMaxDefault, dial } from './dial.ts';
import type { HttpFailure } from './http.ts';
import { smtpProblem, type Login, type Refusal, type SmtpRefused } from './smtp-failure.ts';
import { secureOptions, type TlsOptions } from './tls.ts';

/** A mail server. `timeoutMs` is for one mail as a whole, from connecting to its acceptance. */
export interface SmtpClientOptions {
  readonly host: string;
  readonly port: number;
  /** `starttls` is required when chosen: there is no silent fall-back to clear text. */
  readonly encryption: 'starttls' | 'implicit' | 'none';
  readonly login: Login | undefined;
  readonly timeoutMs: number;
  readonly tls: TlsOptions;
  /** As for HTTP. */
  readonly allowLinkLocal?: boolean | undefined;
  /** How long connecting may take. Default: 10 s. */
  readonly connectMsMax?: number;
}

/** One mail, ready for the wire. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly message: Buffer;
}

/** The server took the mail, for all recipients but the refused ones. */
export interface SmtpAccepted {
  readonly kind: 'accepted';
  readonly refused: readonly Refusal[];
}

export interface SmtpClient {
  /** One attempt to hand over one mail. Resolves in any case; aborting ends it and its connection at once as a failure. */
  send(mail: Mail, signal: AbortSignal): Promise<SmtpAccepted | SmtpRefused | HttpFailure>;
  close(): Promise<void>;
}

const idleMsMax = 60_000;
const quitMsMax = 500;

/** A client of one connection that is kept open between mails. Opens nothing until the first one; nodemailer is loaded with it. */
export function createSmtpClient(options: SmtpClientOptions, clock: Clock): SmtpClient {
  let current: SMTPConnection | undefined;
  return { send, close };

  async function send(mail: Mail, signal: AbortSignal): ReturnType<SmtpClient['send']> {
    const bounds = { timeoutMs: options.timeoutMs, clock, signal };
    const outcome = await bounded(bounds, (cut) =>
      deliver(mail, cut).catch((error: unknown) => smtpProblem(error, options.login)),
    );
    // After anything but success the session's state is unknown: the next mail gets a new one.
    if (outcome.kind !== 'accepted') drop();
    return outcome;
  }

  async function deliver(mail: Mail, cut: AbortSignal): Promise<SmtpAccepted> {
    const connection = current ?? (await open(cut));
    const { from, to, message } = mail;
    const envelope = { from, to: [...to], size: message.length };
    const info = await answered<Parameters<Parameters<SMTPConnection['send']>[2]>[1]>(connection, (done) => {
      connection.send(envelope, message, done);
    });
    const refused = (info?.rejectedErrors ?? []).map((error) => ({
      recipient: error.recipient ?? '',
      answer: error.response ?? '',
    }));
    return { kind: 'accepted', refused };
  }

  async function open(cut: AbortSignal): Promise<SMTPConnection> {
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    // The attempt may have been given up while the library was loaded.
    cut.throwIfAborted();
    const connection = new Connection({ ...connectionOptions(options), connection: await connected(options, cut) });
    cut.throwIfAborted();
    current = connection;
    const forget = (): void => {
      if (current === connection) current = undefined;
    };
    connection.on('error', forget);
    connection.on('end', forget);
    await answered(connection, (done) => {
      connection.connect(done);
    });
    const { login } = options;
    if (login !== undefined) {
      const credentials = { user: login.username, pass: login.password.reveal() };
      await answered(connection, (done) => {
        connection.login(credentials, done);
      });
    }
    return connection;
  }

  /** Cuts the connection, whatever it does. */
  function drop(): void {
    current?.close();
    current = undefined;
  }

  async function close(): Promise<void> {
    const connection = current;
    if (connection === undefined) return;
    const done = new AbortController();
    connection.on('end', () => {
      done.abort();
    });
    connection.quit();
    await clock.sleep(quitMsMax, done.signal);
    drop();
  }
}

function connectionOptions({ host, port, encryption, timeoutMs, tls }: SmtpClientOptions): SMTPConnection.Options {
  return {
    host,
    port,
    secure: encryption === 'implicit',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    connectionTimeout: Math.min(timeoutMs, connectMsMaxDefault),
    greetingTimeout: timeoutMs,
    dnsTimeout: Math.min(timeoutMs, connectMsMaxDefault),
    // Of inactivity: it is also how long an unused connection stays.
    socketTimeout: Math.max(timeoutMs, idleMsMax),
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
    logger: false,
    component: product,
    tls: secureOptions(tls),
  };
}

/** A connected socket: nodemailer would look the name up by itself, past the check of its address. */
async function connected(
  { host, port, allowLinkLocal, connectMsMax }: SmtpClientOptions,
  cut: AbortSignal,
): Promise<Socket> {
  const socket = dial({ host, port, allowLinkLocal, tls: undefined, connectMsMax });
  const end = (): void => {
    socket.destroy(new Error('given up'));
  };
  cut.addEventListener('abort', end, { once: true });
  try {
    await once(socket, 'connect');
    return socket;
  } finally {
    cut.removeEventListener('abort', end);
  }
}

/** One step of the session: nodemailer tells its end to the callback or, for a lost connection, as an event. */
function answered<T>(
  connection: SMTPConnection,
  step: (done: (error?: Error | null, result?: T) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(error);
    };
    connection.once('error', onError);
    step((error, result) => {
      connection.removeListener('error', onError);
      if (error instanceof Error) reject(error);
      else resolve(result);
    });
  });
}
