import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { bounded } from './bounded.ts';
import { dial } from './dial.ts';
import { createRecent } from './syslog-recent.ts';
import { settle } from './syslog-settle.ts';
import { secureOptions } from './tls.ts';
import type { SyslogClient, SyslogClientOptions, SyslogSent } from './syslog-client.ts';

/** A connection and what is known of its end. */
interface Connection {
  readonly socket: Socket;
  roundTripMs: number;
  /** Why nothing more can be sent on it. */
  problem: Error | undefined;
}

const keepAliveMs = 30_000;
const closeMsMax = 1000;
const sent: SyslogSent = { kind: 'sent' };

/**
 * Syslog over TCP (RFC 6587) or TLS (RFC 5425). A batch counts as sent when the kernel has taken all of it and no refusal came
 * back. A connection that breaks may take what was sent shortly before with it: then that is sent again, ahead of the next
 * batch, because twice is better than never. One that the receiver closes in order has been read to its end.
 */
export function createSyslogStream(options: SyslogClientOptions, clock: Clock): SyslogClient {
  let current: Connection | undefined;
  let broken = false;
  const recent = createRecent(clock);
  return { send, close };

  async function send(messages: readonly Uint8Array[], signal: AbortSignal): ReturnType<SyslogClient['send']> {
    const bounds = { timeoutMs: options.timeoutMs, clock, signal };
    const begun = !signal.aborted;
    const outcome = await bounded(bounds, (cut) => deliver(messages, cut));
    // How much arrived is not known after a failure: nothing more may follow on the same connection.
    if (begun && outcome.kind !== 'sent') {
      broken = true;
      drop();
    }
    return outcome;
  }

  async function deliver(messages: readonly Uint8Array[], cut: AbortSignal): Promise<SyslogSent> {
    if (current?.problem !== undefined) drop();
    const connection = current ?? (await open(cut));
    const again = broken ? recent.bytes() : [];
    await written(connection, Buffer.concat([...again, ...messages]));
    await settle(connection.roundTripMs, () => connection.problem, clock, cut);
    broken = false;
    for (const piece of messages) recent.add(piece);
    return sent;
  }

  async function open(cut: AbortSignal): Promise<Connection> {
    const since = clock.monotonic();
    const socket = connect(options);
    const connection: Connection = { socket, roundTripMs: 0, problem: undefined };
    current = connection;
    watch(connection);
    socket.once('connect', () => {
      connection.roundTripMs = clock.monotonic() - since;
    });
    await new Promise<void>((resolve, reject) => {
      socket.once(options.transport === 'tls' ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
    });
    cut.throwIfAborted();
    return connection;
  }

  function watch(connection: Connection): void {
    const { socket } = connection;
    socket.setKeepAlive(true, keepAliveMs);
    socket.setNoDelay(true);
    // Receivers have nothing to say; what is not read would turn our close into a reset.
    socket.resume();
    socket.on('error', (error) => {
      connection.problem ??= error;
      broken = true;
    });
    socket.on('end', () => {
      if (connection.problem === undefined) recent.clear();
      connection.problem ??= closedByReceiver();
    });
    socket.on('close', () => {
      connection.problem ??= closedByReceiver();
      if (current === connection) current = undefined;
    });
  }

  /** Cuts the connection, whatever it does. */
  function drop(): void {
    current?.socket.destroy();
    current = undefined;
  }

  async function close(): Promise<void> {
    const connection = current;
    if (connection === undefined) return;
    const closed = new AbortController();
    connection.socket.once('close', () => {
      closed.abort();
    });
    connection.socket.end();
    await clock.sleep(closeMsMax, closed.signal);
    drop();
  }
}

function connect({ host, port, transport, tls, allowLinkLocal, connectMsMax }: SyslogClientOptions): Socket {
  return dial({ host, port, allowLinkLocal, connectMsMax, tls: transport === 'tcp' ? undefined : secureOptions(tls) });
}

/** Resolves when the kernel has taken all of it. */
function written({ socket, problem }: Connection, bytes: Uint8Array): Promise<void> {
  if (problem !== undefined) return Promise.reject(problem);
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}

function closedByReceiver(): Error {
  return Object.assign(new Error('the receiver closed the connection'), { code: 'ECONNRESET' });
}
