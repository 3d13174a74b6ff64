import type { Socket } from 'node:dgram';
import type { Clock } from '../core/clock.ts';
import { bounded } from './bounded.ts';
import { refuseLinkLocal } from './link-local.ts';
import { settle } from './syslog-settle.ts';
import type { SyslogClient, SyslogClientOptions, SyslogSent } from './syslog-client.ts';

/** After this long the receiver's name is looked up anew: there is no connection whose end would tell that it moved. */
const addressMsMax = 60_000;

interface Open {
  readonly socket: Socket;
  readonly since: number;
  problem: Error | undefined;
}

const sent: SyslogSent = { kind: 'sent' };

/** Syslog over UDP (RFC 5426). A host that refuses is heard, nothing else is: datagrams get lost silently. */
export function createSyslogDatagrams(options: SyslogClientOptions, clock: Clock): SyslogClient {
  const { host, port, timeoutMs, allowLinkLocal } = options;
  let current: Open | undefined;
  return {
    async send(messages, signal) {
      const outcome = await bounded({ timeoutMs, clock, signal }, (cut) => deliver(messages, cut));
      if (outcome.kind !== 'sent') drop();
      return outcome;
    },
    close() {
      drop();
      return Promise.resolve();
    },
  };

  async function deliver(messages: readonly Uint8Array[], cut: AbortSignal): Promise<SyslogSent> {
    if (current !== undefined && clock.monotonic() - current.since > addressMsMax) drop();
    const open = current ?? (await connect(cut));
    await Promise.all(messages.map((message) => datagram(open.socket, message)));
    await settle(0, () => open.problem, clock, cut);
    return sent;
  }

  /** A connected socket is told when nobody listens on the port. */
  async function connect(cut: AbortSignal): Promise<Open> {
    const [{ createSocket }, { lookup }] = await Promise.all([import('node:dgram'), import('node:dns/promises')]);
    const { address, family } = await lookup(host);
    if (allowLinkLocal !== true) refuseLinkLocal(address);
    // The attempt may have been given up meanwhile.
    cut.throwIfAborted();
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const open: Open = { socket, since: clock.monotonic(), problem: undefined };
    current = open;
    socket.on('error', (error) => {
      open.problem = error;
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, () => {
        socket.removeListener('error', reject);
        resolve();
      });
    });
    return open;
  }

  function drop(): void {
    current?.socket.close();
    current = undefined;
  }
}

function datagram(socket: Socket, message: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(message, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}
