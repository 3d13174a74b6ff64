import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** An HTTP proxy on 127.0.0.1 that tunnels CONNECT and forwards the rest, for those who know the password. */
export interface ProxyReceiver {
  readonly port: number;
  /** What was asked for: `CONNECT host:port` or `POST http://…`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy that wants these Basic credentials (`user:password`). */
export async function startProxy(credentials: string): Promise<ProxyReceiver> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const expected = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const admitted = (request: IncomingMessage): boolean => request.headers['proxy-authorization'] === expected;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    if (!admitted(request)) {
      response.writeHead(407).end();
      return;
    }
    const { method, headers } = request;
    request.pipe(
      forward(request.url ?? '', { method, headers }, (reply) => {
        response.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(response);
      }),
    );
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    client.on('error', () => undefined);
    if (!admitted(request)) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
  });
  const port = await listen(server);
  return {
    port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
