import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { freePort } from './free-port.ts';
import { readRequest, type Answer, type ReceivedRequest } from './receivers/http.ts';

/** A webhook receiver that keeps serial numbers instead of bodies, so that it can take millions of events. */
export interface Sink {
  readonly url: string;
  /** Serials that it took, in order, repeats included. */
  readonly accepted: readonly number[];
  /** How many different ones. */
  distinct(): number;
  /** Requests, whatever became of them. */
  requests(): number;
  /** How it answers from now on. */
  behave(manner: Manner): void;
  /** Nobody listens until {@link back}. */
  away(): Promise<void>;
  back(): Promise<void>;
}

/** Says what becomes of a request: its events are taken by calling `take`. `nth` counts the requests from 0. */
export type Manner = (asked: {
  readonly request: ReceivedRequest;
  readonly take: () => void;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly nth: number;
}) => void;

/** Starts a sink that takes everything until it is told otherwise; it ends with the test. */
export async function startSink(context: { after(undo: () => Promise<void>): void }): Promise<Sink> {
  const accepted: number[] = [];
  const seen = new Set<number>();
  let manner = accepts;
  let requests = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    const nth = requests;
    requests += 1;
    void readRequest(incoming).then((request) => {
      const take = (): void => {
        for (const serial of serialsOf(request.body)) {
          accepted.push(serial);
          seen.add(serial);
        }
      };
      manner({ request, take, response, socket: incoming.socket, nth });
    }, ignoreCut);
  });
  server.on('connection', (socket) => socket.on('error', ignoreCut));
  // It is left and taken again: one that the kernel hands out might be another test's meanwhile.
  const port = await freePort();
  const back = async (): Promise<void> => void (await once(server.listen(port, '127.0.0.1'), 'listening'));
  await back();
  const away = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  context.after(away);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    accepted,
    distinct: () => seen.size,
    requests: () => requests,
    behave: (next) => void (manner = next),
    away,
    back,
  };
}

/** A client that dies in the middle of a request is what these tests are about. */
const ignoreCut = (): undefined => undefined;

/** The serial numbers in an NDJSON body; herald's own events have none. */
function serialsOf(body: Buffer): readonly number[] {
  return body
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const { user }: { user: { pk?: number } } = JSON.parse(line);
      return typeof user.pk === 'number' ? [user.pk] : [];
    });
}

export const accepts: Manner = ({ take, response }) => {
  take();
  response.end('ok');
};

export const refuses: Manner = ({ response }) => void response.writeHead(503).end('down');

/** 429 with a Retry-After in seconds. */
export function throttles(seconds: string): Manner {
  return ({ response }) => void response.writeHead(429, { 'retry-after': seconds }).end('slow down');
}

/** Takes the events, and answers when the sender may have lost its patience. */
export function answersAfter(ms: number): Manner {
  return ({ take, response }) => {
    take();
    setTimeout(() => void response.end('ok'), ms);
  };
}

/** Closes its half of the connection instead of answering. */
export const halfCloses: Manner = ({ socket }) => void socket.end();

/** Answers and closes its half at once, without a word that it would: the next request on this connection meets an end. */
export const leaves: Manner = ({ take, response, socket }) => {
  take();
  response.end('ok', () => void socket.end());
};

/** Each request the next manner, over and over. */
export function inTurn(...manners: readonly Manner[]): Manner {
  return (asked) => manners[asked.nth % manners.length]?.(asked);
}

/** Any answer of a scripted receiver; the events are not taken. */
export function says(answer: Answer): Manner {
  return ({ response, socket, request }) => answer(response, socket, request);
}
