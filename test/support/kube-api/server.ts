import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Certificates } from '../receivers/certificates.ts';
import { freePort } from '../free-port.ts';
import { sendStatus, startBody, type Body, type Fault } from './answers.ts';
import type { Cluster } from './cluster.ts';
import { sendList } from './list.ts';
import { sendLog } from './logs.ts';
import { sendWatch } from './watch.ts';

export type Kind = 'list' | 'watch' | 'log';

/** One request, as far as the server looked at it. */
export interface ApiRequest {
  readonly kind: Kind;
  readonly namespace: string;
  readonly pod: string | undefined;
  readonly query: URLSearchParams;
  /** Status of the answer, 0 for none. */
  status: number;
}

export interface ServerOptions {
  /** Most pods in a page of a list, whatever is asked for. */
  pageMax: number;
  /** Most bytes that go out at once. */
  pieceBytes: number;
  /** Streams that follow end when the log is rotated, as kubelets did for years. */
  stopsAtRotation: boolean;
}

/** An HTTPS server that answers for a cluster as the API server does, with the tokens and the permissions that it is told. */
export class KubeApi {
  readonly cluster: Cluster;
  readonly options: ServerOptions = { pageMax: 500, pieceBytes: 64 * 1024, stopsAtRotation: false };
  readonly tokens = new Set<string>();
  /** Of `list pods`, `watch pods`, `get pods/log`. */
  readonly denied = new Set<string>();
  readonly requests: ApiRequest[] = [];
  readonly #faults = new Map<Kind, Fault[]>();
  /** By the client's port. */
  readonly #sockets = new Map<number | undefined, Socket>();
  readonly #watches = new Set<ServerResponse>();
  readonly #server;
  readonly #isSecure: boolean;
  #port = 0;

  private constructor(cluster: Cluster, certificates?: Certificates) {
    const handle = (request: IncomingMessage, response: ServerResponse): void => this.#handle(request, response);
    this.cluster = cluster;
    this.#isSecure = certificates !== undefined;
    this.#server = certificates === undefined ? createServer(handle) : createHttpsServer(certificates.server, handle);
    this.#server.on('connection', (socket: Socket) => {
      const { remotePort } = socket;
      this.#sockets.set(remotePort, socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(remotePort));
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  /** Over TLS when it gets certificates. */
  static async start(cluster: Cluster, certificates?: Certificates): Promise<KubeApi> {
    const api = new KubeApi(cluster, certificates);
    // One that is still free when the server comes back.
    api.#port = await freePort();
    await api.startAgain();
    return api;
  }

  get url(): string {
    return `http${this.#isSecure ? 's' : ''}://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Bytes of TLS written to connections that are open now. */
  get sentBytes(): number {
    return [...this.#sockets.values()].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  }

  /** The next requests of this kind go wrong, one each. */
  fail(kind: Kind, ...faults: readonly Fault[]): void {
    this.#faults.set(kind, [...(this.#faults.get(kind) ?? []), ...faults]);
  }

  /** Requests of a kind, and of a pod. */
  asked(kind: Kind, pod?: string): readonly ApiRequest[] {
    return this.requests.filter((one) => one.kind === kind && (pod === undefined || one.pod === pod));
  }

  /** Ends the watches that are open, as the server does when their time is over. */
  endWatches(): void {
    for (const response of this.#watches) response.end();
  }

  /** Breaks all connections. */
  breakAll(): void {
    for (const socket of this.#sockets.values()) socket.resetAndDestroy();
  }

  /** Ends for good; nothing listens any more. */
  async close(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Is gone for a while. */
  async stop(): Promise<void> {
    await this.close();
  }

  async startAgain(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #handle(incoming: IncomingMessage, response: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', this.url);
    const match = /^\/api\/v1\/namespaces\/([^/]+)\/pods(?:\/([^/]+)\/log)?$/.exec(url.pathname);
    if (match === null) return sendStatus(response, 404, 'the server could not find the requested resource');
    const query = url.searchParams;
    const kind = match[2] !== undefined ? 'log' : query.get('watch') === 'true' ? 'watch' : 'list';
    const request: ApiRequest = { kind, namespace: match[1] ?? '', pod: match[2], query, status: 0 };
    this.requests.push(request);
    response.on('close', () => (request.status = response.headersSent ? response.statusCode : 0));
    const token = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
    if (!this.tokens.has(token)) return sendStatus(response, 401, 'Unauthorized');
    const [verb, resource] = kind === 'log' ? ['get', 'pods/log'] : [kind, 'pods'];
    if (this.denied.has(`${verb} ${resource}`) || request.namespace !== this.cluster.namespace) {
      const user = 'system:serviceaccount:authentik:herald';
      const what = `cannot ${verb} resource "${resource}" in API group "" in the namespace "${request.namespace}"`;
      return sendStatus(response, 403, `${resource} is forbidden: User "${user}" ${what}`);
    }
    this.#answer(request, response, this.#faults.get(kind)?.shift());
  }

  #answer(request: ApiRequest, response: ServerResponse, fault: Fault | undefined): void {
    // TLS has no reset of its own.
    const reset = (): void => void this.#sockets.get(response.socket?.remotePort)?.resetAndDestroy();
    if (fault === 'reset') return reset();
    if (fault === 'hang') return;
    if (fault !== undefined && 'status' in fault)
      return sendStatus(response, fault.status, fault.message, fault.headers ?? {});
    if (request.kind === 'list') return sendList(this.cluster, request.query, response, this.options);
    const start = (type: string): Body => startBody(response, type, this.options.pieceBytes, fault, reset);
    if (request.kind === 'log') return void sendLog(this.cluster, request, response, this.options, start);
    this.#watches.add(response);
    response.on('close', () => this.#watches.delete(response));
    void sendWatch(this.cluster, request.query, response, start);
  }
}
