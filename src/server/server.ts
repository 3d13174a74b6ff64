import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { OperationalError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** Who has it sees everything; undefined: everybody does. */
  readonly token: Secret | undefined;
}

/** What the server shows; it asks at every request. */
export interface ServerViews {
  /** Whether events can be taken in and kept. Never depends on destinations: a dead SIEM must not take a pod out of its Service. */
  ready(): { readonly ok: boolean; readonly details: object };
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface RunningServer {
  /** The port that is open, also when 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens the HTTP side: `/livez`, `/readyz`, `/metrics`. Without the token `/metrics` is refused and `/readyz` is its status alone: the
 * kubelet's probes have none. Rejects with OperationalError when the address cannot be had.
 */
export async function startServer(options: ServerOptions, views: ServerViews): Promise<RunningServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, options.token, views, response).catch(() => {
      send(response, 500, 'text/plain; charset=utf-8', 'internal error\n');
    });
  });
  makeRoom(server);
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const connectionsMax = 64;

/** Who opens connections and asks nothing must not keep a probe out, which would end in a restart: the oldest one gives way. */
function makeRoom(server: Server): void {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (open.size <= connectionsMax) return;
    const [oldest] = open;
    oldest?.destroy();
  });
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new OperationalError('listen', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })),
    );
    server.listen(port, host, () => resolve());
  });
}

async function answer(
  { method, url, headers }: IncomingMessage,
  token: Secret | undefined,
  views: ServerViews,
  response: ServerResponse,
): Promise<void> {
  const path = (url ?? '/').split('?', 1)[0];
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    send(response, 405, 'text/plain; charset=utf-8', 'method not allowed\n');
    return;
  }
  const isTrusted = token === undefined || token.is(bearer(headers.authorization));
  switch (path) {
    case '/livez':
      send(response, 200, 'text/plain; charset=utf-8', 'ok\n');
      return;
    case '/readyz': {
      const { ok, details } = views.ready();
      const shown = isTrusted ? details : { details: 'with "Authorization: Bearer <server.token>"' };
      send(response, ok ? 200 : 503, 'application/json', `${JSON.stringify({ ready: ok, ...shown })}\n`);
      return;
    }
    case '/metrics': {
      if (!isTrusted) {
        response.setHeader('www-authenticate', 'Bearer');
        send(response, 401, 'text/plain; charset=utf-8', 'wants "Authorization: Bearer <server.token>"\n');
        return;
      }
      const { text, contentType } = await views.metrics();
      send(response, 200, contentType, text);
      return;
    }
    default:
      send(response, 404, 'text/plain; charset=utf-8', 'not found\n');
  }
}

/** The token of a request, '' when it has none. Headers are bytes; so a token may be any text. */
function bearer(header = ''): string {
  return Buffer.from(/^bearer +(.*)$/i.exec(header)?.[1] ?? '', 'latin1').toString('utf8');
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
