import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { Socket } from 'node:net';
import { isObject } from '../../../src/core/json.ts';
import type { ServerCertificate } from './certificates.ts';
import { createChanges } from './changes.ts';
import { listen } from './listen.ts';

/** What arrived, whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: Buffer;
}

/** How one request is answered. */
export type Answer = (response: ServerResponse, socket: Socket, request: ReceivedRequest) => void;

/** What a service says to a request. */
export interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
}

/**
 * A service as its documents describe it: it checks headers, authentication, framing and limits, and answers whatever
 * is sent with what the real one would. It may keep state.
 */
export type StandIn = (request: ReceivedRequest) => Reply;

/** A real server on 127.0.0.1 that answers by its script: one answer a request, the last one for all that follow. */
export interface HttpReceiver {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  script(...answers: readonly Answer[]): void;
  /** Connections that are open now. */
  connections(): number;
  /** Connections ever opened. */
  accepted(): number;
  /** Resolves when this many requests have arrived. */
  received(count: number): Promise<void>;
  /** Resolves when no connection is open. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a receiver, over TLS when it gets a certificate; `ca` then makes it demand a client certificate. What `aside` answers
 * is no part of the script and is not counted: another service at the same address.
 */
export async function startHttpReceiver(
  tls?: ServerCertificate & { readonly clientCa?: string },
  aside?: (request: ReceivedRequest) => Reply | undefined,
): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let answers: Answer[] = [answer(200, 'ok')];
  let accepted = 0;
  const { change, until } = createChanges();
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const received = await readRequest(request);
    const other = aside?.(received);
    if (other !== undefined) return void response.writeHead(other.status, other.headers).end(other.body);
    requests.push(received);
    const say = (answers.length > 1 ? answers.shift() : answers[0]) ?? answer(200, 'ok');
    say(response, request.socket, received);
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void take(request, response).finally(change);
  };
  const server =
    tls === undefined
      ? createHttpServer(handle)
      : createHttpsServer({ ...tls, ca: tls.clientCa, requestCert: tls.clientCa !== undefined }, handle);
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      change();
    });
  });
  const port = await listen(server);
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    script: (...next) => void (answers = [...next]),
    connections: () => sockets.size,
    accepted: () => accepted,
    received: (count) => until(() => requests.length >= count),
    idle: () => until(() => sockets.size === 0),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Reads a request to its end. Rejects when the client cuts it. */
export async function readRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const body = await buffer(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { method: request.method ?? '', path: request.url ?? '', headers, body };
}

/** The body as a JSON object, if it is one. */
export function jsonObject(body: Buffer): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True for the text of a web address. */
export function isWebAddress(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
}

/** A whole answer. */
export function answer(status: number, body = '', headers: { readonly [name: string]: string } = {}): Answer {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Answers as the service would. */
export function played(standIn: StandIn): Answer {
  return (response, _socket, request) => {
    const { status, body, headers } = standIn(request);
    response.writeHead(status, headers).end(body);
  };
}

/** Takes the request and says nothing. */
export const hang: Answer = () => undefined;

/** Cuts the connection instead of answering. */
export const reset: Answer = (_response, socket) => void socket.resetAndDestroy();

/** Cuts the connection in the middle of the body that was announced. */
export const resetInBody: Answer = (response, socket) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('half of it', () => void socket.resetAndDestroy());
};

/** Answers with something that is no HTTP. */
export const garbage: Answer = (_response, socket) => void socket.end('SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n');

/** Starts an answer and never ends it. */
export const neverEnding: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write('so far');
};

/** An answer far larger than anybody should read. */
export function huge(status: number, bytes: number): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/plain' });
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let left = bytes;
    const more = (): void => {
      while (left > 0) {
        left -= chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  };
}
