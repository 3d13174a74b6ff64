import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ServerCertificate } from './certificates.ts';
import { createChanges } from './changes.ts';
import { listen } from './listen.ts';

/** What the receiver does with a connection from now on. */
export type SyslogScript =
  | 'read'
  /** Resets the connection when something has come. */
  | 'reset'
  /** Ends the connection in order when something has come and was read. */
  | 'end'
  /** Leaves everything in the kernel's buffers. */
  | 'ignore'
  /** Takes everything and makes nothing of it. */
  | 'swallow'
  /** Answers with something that is no syslog. */
  | 'talk';

/** A strict syslog receiver on 127.0.0.1 that counts octets, over TCP or TLS. */
export interface SyslogReceiver {
  readonly port: number;
  /** Whole messages in the order of their arrival. */
  readonly messages: readonly string[];
  /** What was no octet counting. */
  readonly wrong: readonly string[];
  script(script: SyslogScript): void;
  connections(): number;
  accepted(): number;
  /** Resolves when a connection has been made. */
  reached(): Promise<void>;
  /** Resolves when there are that many messages. */
  received(count: number): Promise<void>;
  idle(): Promise<void>;
  /** Ends (`end`) or resets the connections that are there. */
  disconnect(how: 'end' | 'reset'): void;
  close(): Promise<void>;
}

/** Starts a receiver; with a certificate it speaks TLS, with `clientCa` it wants one of the client's too. */
export async function startSyslogReceiver(
  tls?: ServerCertificate & { readonly clientCa?: string },
): Promise<SyslogReceiver> {
  const messages: string[] = [];
  const wrong: string[] = [];
  const sockets = new Set<Socket>();
  let script: SyslogScript = 'read';
  let accepted = 0;
  const { change, until } = createChanges();
  const serve = (socket: Socket): void => {
    if (script === 'ignore') return;
    if (script === 'swallow') return void socket.resume();
    if (script === 'talk') socket.write('220 who are you?\r\n');
    let buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      if (script === 'reset') {
        socket.resetAndDestroy();
        return;
      }
      buffer = readFrames(Buffer.concat([buffer, chunk]), messages, wrong);
      if (script === 'end') socket.end();
      change();
    });
  };
  const server: Server =
    tls === undefined
      ? createServer(serve)
      : createTlsServer(
          {
            key: tls.key,
            cert: tls.cert,
            ...(tls.clientCa !== undefined && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
          },
          serve,
        );
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      change();
    });
    change();
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket: Socket) => {
    socket.on('error', () => undefined);
  });
  const port = await listen(server);
  return {
    port,
    messages,
    wrong,
    script: (next) => {
      script = next;
    },
    connections: () => sockets.size,
    accepted: () => accepted,
    reached: () => until(() => sockets.size > 0),
    received: (count) => until(() => messages.length >= count),
    idle: () => until(() => sockets.size === 0),
    disconnect(how) {
      for (const socket of sockets) {
        if (how === 'end') socket.end();
        else socket.resetAndDestroy();
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Takes every whole message out of the buffer and returns the rest. */
function readFrames(buffer: Buffer, messages: string[], wrong: string[]): Buffer<ArrayBuffer> {
  let rest = Buffer.from(buffer);
  for (;;) {
    const space = rest.indexOf(' ');
    if (space < 0) return rest;
    const length = rest.subarray(0, space).toString('latin1');
    if (!/^[1-9]\d{0,9}$/.test(length)) {
      wrong.push(rest.toString('utf8'));
      return Buffer.alloc(0);
    }
    const end = space + 1 + Number(length);
    if (rest.length < end) return rest;
    messages.push(rest.subarray(space + 1, end).toString('utf8'));
    rest = rest.subarray(end);
  }
}
