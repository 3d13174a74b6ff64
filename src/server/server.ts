import { createServer, type Server, type ServerResponse } from 'node:http';
import { OperationalError } from '../core/errors.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
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

/** Opens the HTTP side: `/livez`, `/readyz`, `/metrics`. Rejects with OperationalError when the address cannot be had. */
export async function startServer(options: ServerOptions, views: ServerViews): Promise<RunningServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request.method, request.url, views, response).catch(() => {
      send(response, 500, 'text/plain; charset=utf-8', 'internal error\n');
    });
  });
  server.maxConnections = 64;
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

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new OperationalError('listen', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })),
    );
    server.listen(port, host, () => resolve());
  });
}

async function answer(
  method: string | undefined,
  url: string | undefined,
  views: ServerViews,
  response: ServerResponse,
): Promise<void> {
  const path = (url ?? '/').split('?', 1)[0];
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    send(response, 405, 'text/plain; charset=utf-8', 'method not allowed\n');
    return;
  }
  switch (path) {
    case '/livez':
      send(response, 200, 'text/plain; charset=utf-8', 'ok\n');
      return;
    case '/readyz': {
      const { ok, details } = views.ready();
      send(response, ok ? 200 : 503, 'application/json', `${JSON.stringify({ ready: ok, ...details })}\n`);
      return;
    }
    case '/metrics': {
      const { text, contentType } = await views.metrics();
      send(response, 200, contentType, text);
      return;
    }
    default:
      send(response, 404, 'text/plain; charset=utf-8', 'not found\n');
  }
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
