import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A loopback HTTP server inside the measuring process, so that sending and arriving are read from one clock. */
export interface Receiver {
  readonly url: string;
  /** `performance.now()` of the next arrival that has not been asked for yet; rejects after `waitMsMax`. */
  next(waitMsMax: number): Promise<number>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const arrivals: number[] = [];
  let arrived = new AbortController();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      arrivals.push(performance.now());
      response.end();
      arrived.abort();
      arrived = new AbortController();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : address;
  return {
    url: `http://127.0.0.1:${port}/events`,
    next: async (waitMsMax) => {
      if (arrivals.length === 0) await sleep(waitMsMax, undefined, { signal: arrived.signal }).catch(() => undefined);
      const at = arrivals.shift();
      if (at === undefined) throw new Error(`nothing arrived within ${waitMsMax} ms`);
      return at;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
