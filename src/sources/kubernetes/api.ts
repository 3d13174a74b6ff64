import type { Dispatcher, Pool } from 'undici';
import type { Clock } from '../../core/clock.ts';
import { OperationalError } from '../../core/errors.ts';
import { userAgent } from '../../core/identity.ts';
import { failureOf } from '../../net/failure.ts';
import { readCredentials } from './account.ts';
import type { Failure, Outcome } from './outcome.ts';
import { readRefusal } from './refusal.ts';

export interface ApiRequest {
  readonly path: string;
  readonly query: { readonly [name: string]: string | number | boolean | undefined };
  /** A body that brings nothing for so long is given up as `quiet`. */
  readonly quietMsMax: number;
  readonly signal: AbortSignal;
  /** Told when the answer begins and is no refusal. */
  readonly onOpen?: () => void;
}

/** The Kubernetes API over connections of its own, one for each request that is open. */
export interface Api {
  /**
   * Hands over the body of a GET piece by piece; the next piece is not read before the promise of the one before resolves.
   * Rejects only with what `take` rejects with.
   */
  get(request: ApiRequest, take: (piece: Buffer) => Promise<void> | void): Promise<Outcome>;
  close(): Promise<void>;
}

export interface ApiOptions {
  /** `https://host:port`; one with `http:` is asked without credentials. */
  readonly server: string;
  /** The folder of the service account. */
  readonly account: string;
  readonly clock: Clock;
}

const connectMsMax = 10_000;
const headersMsMax = 30_000;

/** Opens nothing until the first request. Token and CA are read again for every request: requests last long and are few. */
export function createApi({ server, account, clock }: ApiOptions): Api {
  // Destroying a pool leaves a connection alone that is still being made; its socket listens to this.
  const life = new AbortController();
  const isSecure = server.startsWith('https:');
  let ca = '';
  let pool: Promise<Pool> | undefined;
  return {
    async get(request, take) {
      const reply = await open(request);
      if ('status' in reply) return reply;
      if (reply.statusCode !== 200) return readRefusal(reply, clock.now());
      request.onOpen?.();
      let end: Outcome = { status: 'ended' };
      const pieces = piecesOf(reply.body, (error) => {
        end = isQuiet(error) ? { status: 'quiet' } : failed(error);
      });
      for await (const piece of pieces) await take(piece);
      return end;
    },
    async close() {
      life.abort();
      await (await pool?.catch(() => undefined))?.destroy();
    },
  };

  async function open({ path, query, quietMsMax, signal }: ApiRequest): Promise<Dispatcher.ResponseData | Failure> {
    try {
      const credentials = isSecure ? await readCredentials(account) : undefined;
      ca = credentials?.ca ?? '';
      pool ??= createPool(server, () => ca, life.signal);
      const connected = await pool;
      return await connected.request({
        method: 'GET',
        path,
        query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
        headers: {
          ...(credentials !== undefined && { authorization: `Bearer ${credentials.token}` }),
          'user-agent': userAgent,
        },
        headersTimeout: headersMsMax,
        bodyTimeout: quietMsMax,
        signal,
      });
    } catch (error) {
      return failed(error);
    }
  }
}

/** undici is loaded with the first request, as for destinations. Every new connection trusts the CA of its time. */
async function createPool(server: string, ca: () => string, signal: AbortSignal): Promise<Pool> {
  const { Pool: ConnectionPool, buildConnector } = await import('../../net/undici.ts');
  const options = { timeout: connectMsMax, minVersion: 'TLSv1.2' as const, allowH2: false, signal };
  return new ConnectionPool(server, {
    connect: (target, done) => buildConnector({ ...options, ca: ca() })(target, done),
  });
}

/** The pieces of a body. Its errors are reported and end it; those of whoever takes the pieces are not caught here. */
async function* piecesOf(body: AsyncIterable<Buffer>, onError: (error: unknown) => void): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    onError(error);
  }
}

function failed(error: unknown): Failure {
  if (error instanceof OperationalError) return { status: 'failed', reason: error.code, detail: error.message };
  const { reason, detail } = failureOf(error);
  return { status: 'failed', reason, detail };
}

function isQuiet(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_BODY_TIMEOUT';
}
