import type { Dispatcher } from 'undici';
import type { Clock } from '../core/clock.ts';
import { userAgent } from '../core/identity.ts';
import { bounded } from './bounded.ts';
import { connectMsMaxDefault } from './dial.ts';
import type { HttpClient, HttpReply, HttpRequestOptions } from './http.ts';
import { guardedLookup, refuseLinkLocal } from './link-local.ts';
import { scrub } from './scrub.ts';
import type { TlsOptions } from './tls.ts';

/** What every HTTP destination is configured with. `timeoutMs` is for one request as a whole, from connecting to the last byte. */
export interface HttpClientOptions {
  readonly timeoutMs: number;
  readonly tls: TlsOptions;
  /** URL of an HTTP proxy, with its credentials if any. */
  readonly proxy: string | undefined;
  /** Link-local addresses and clouds' metadata services may be connected to. A proxy looks names up by itself. Default: false. */
  readonly allowLinkLocal?: boolean | undefined;
  /** Most connections, and so most requests at once; others wait for one that is free. Default: 1. */
  readonly connections?: number | undefined;
  /** How much of an answer is read. Default: 64 KiB. */
  readonly bodyBytesMax?: number;
  /** How the bytes of an answer become text; `latin1` keeps each of them. Default: `utf8`. */
  readonly bodyEncoding?: 'utf8' | 'latin1';
  /** How long connecting may take. Default: 10 s. */
  readonly connectMsMax?: number;
}

const bodyBytesDefault = 64 * 1024;

/** A client of its own connections, kept open between requests. Opens nothing until the first request. */
export function createHttpClient(options: HttpClientOptions, clock: Clock): HttpClient {
  let dispatcher: Promise<Dispatcher> | undefined;
  // Destroying a dispatcher leaves a connection alone that is still being made; its socket listens to this.
  const life = new AbortController();
  return {
    request(request) {
      dispatcher ??= createDispatcher(options, life.signal);
      const open = dispatcher;
      const bounds = { timeoutMs: options.timeoutMs, clock, signal: request.signal };
      return bounded(bounds, (cut) => exchange(open, request, cut, options));
    },
    async close() {
      const closing = dispatcher;
      dispatcher = undefined;
      life.abort();
      await (await closing?.catch(() => undefined))?.destroy();
    },
  };
}

/** undici is loaded with the first request: it costs 17 MB that a configuration without HTTP need not pay. */
async function createDispatcher(
  { timeoutMs, tls, proxy, allowLinkLocal, connections = 1, connectMsMax = connectMsMaxDefault }: HttpClientOptions,
  signal: AbortSignal,
): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('./undici.ts');
  if (proxy !== undefined && allowLinkLocal !== true) refuseLinkLocal(new URL(proxy).hostname);
  const connect = {
    timeout: Math.min(timeoutMs, connectMsMax),
    minVersion: 'TLSv1.2' as const,
    rejectUnauthorized: tls.insecure !== true,
    allowH2: false,
    signal,
    ...(allowLinkLocal !== true && { lookup: guardedLookup }),
    ...(tls.ca !== undefined && { ca: tls.ca }),
  };
  const own = {
    ...connect,
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key.reveal() }),
  };
  const common = { connections, allowH2: false, headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  if (proxy === undefined) return new Agent({ ...common, connect: own });
  return new ProxyAgent({ ...common, uri: proxy, proxyTls: connect, requestTls: own, connectTimeout: connect.timeout });
}

async function exchange(
  dispatcher: Promise<Dispatcher>,
  request: HttpRequestOptions,
  signal: AbortSignal,
  options: HttpClientOptions,
): Promise<HttpReply> {
  const url = new URL(request.url);
  if (options.allowLinkLocal !== true) refuseLinkLocal(url.hostname);
  const headers = { 'user-agent': userAgent, ...credentials(url), ...request.headers };
  const reply = await (
    await dispatcher
  ).request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers,
    body: request.method === 'GET' ? null : request.body,
    signal,
  });
  const body = await readBody(reply.body, options);
  const outside = reply.statusCode < 200 || reply.statusCode > 299;
  return {
    kind: 'reply',
    status: reply.statusCode,
    headers: singleHeaders(reply.headers),
    // Error pages like to repeat the path that was asked for, which is where chat services put their secret.
    body: outside ? scrub(body, url, headers, request.secrets) : body,
  };
}

/** `https://user:password@host/` means Basic authentication, which undici leaves to its caller. */
function credentials(url: URL): { readonly authorization?: string } {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Leaving the loop early destroys the socket: an answer of gigabytes is not drained for the sake of keeping it. */
async function readBody(
  body: AsyncIterable<Uint8Array>,
  { bodyBytesMax = bodyBytesDefault, bodyEncoding = 'utf8' }: HttpClientOptions,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bodyBytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bodyBytesMax).toString(bodyEncoding);
}

function singleHeaders(headers: { readonly [name: string]: string | string[] | undefined }): HttpReply['headers'] {
  const out: { [name: string]: string | undefined } = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    out[name.toLowerCase()] = Array.isArray(value) ? value[0] : value;
  }
  return out;
}
