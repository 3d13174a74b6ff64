import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

/** What a sink has taken since its start or the last reset. Times are ms since 1970 with fractions; 0 before the first. */
export interface SinkStats {
  readonly requests: number;
  readonly bytes: number;
  /** NDJSON lines, a last one without its newline included. */
  readonly items: number;
  /** Distinct event ids; 0 unless the sink was started to keep them. */
  readonly distinct: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A running sink process. */
export interface Sink {
  readonly url: string;
  readonly pid: number;
  reset(): Promise<void>;
  stats(): Promise<SinkStats>;
  /** The stats when `items` (or, for a sink that keeps ids, distinct ids) have arrived, or when `waitMsMax` are over. */
  reached(items: number, waitMsMax: number): Promise<SinkStats>;
  stop(): Promise<void>;
}

/** Starts a sink of its own process on a free loopback port, so that its work is counted to nobody else. */
export async function startSink(options: { readonly keepIds: boolean }): Promise<Sink> {
  const args = [fileURLToPath(import.meta.url), ...(options.keepIds ? ['--keep-ids'] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line]: unknown[] = await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${Number(String(line))}`;
  const get = async (path: string): Promise<SinkStats> => {
    const answer = await fetch(url + path);
    const stats: SinkStats = JSON.parse(await answer.text());
    return stats;
  };
  return {
    url: `${url}/events`,
    pid: child.pid ?? 0,
    reset: async () => void (await get('/reset')),
    stats: () => get('/stats'),
    reached: (items, waitMsMax) => get(`/reached?items=${items}&wait=${waitMsMax}`),
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

const newline = 10;

interface Counted {
  requests: number;
  bytes: number;
  items: number;
  firstAt: number;
  lastAt: number;
  readonly ids: Set<string>;
}

async function serve(keepIds: boolean): Promise<void> {
  let counted = fresh();
  let waiting: { readonly items: number; readonly done: () => void }[] = [];
  const progress = (): number => (keepIds ? counted.ids.size : counted.items);
  const answer = (response: ServerResponse): void => {
    const { ids, ...rest } = counted;
    response.end(JSON.stringify({ ...rest, distinct: ids.size }));
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      take(request, keepIds, counted, () => {
        response.end();
        const due = waiting.filter(({ items }) => progress() >= items);
        waiting = waiting.filter((one) => !due.includes(one));
        for (const { done } of due) done();
      });
      return;
    }
    const query = new URL(request.url ?? '/', 'http://sink');
    if (query.pathname === '/reset') counted = fresh();
    const items = Number(query.searchParams.get('items') ?? 0);
    if (query.pathname !== '/reached' || progress() >= items) {
      answer(response);
      return;
    }
    const timer = setTimeout(() => one.done(), Number(query.searchParams.get('wait')));
    const one = {
      items,
      done: () => {
        clearTimeout(timer);
        waiting = waiting.filter((other) => other !== one);
        answer(response);
      },
    };
    waiting.push(one);
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : address}\n`);
}

function fresh(): Counted {
  return { requests: 0, bytes: 0, items: 0, firstAt: 0, lastAt: 0, ids: new Set() };
}

/** Counts a body as it streams; keeps it whole only where ids are wanted. */
function take(request: IncomingMessage, keepIds: boolean, counted: Counted, done: () => void): void {
  const kept: Buffer[] = [];
  let endsInNewline = true;
  request.on('data', (chunk: Buffer) => {
    counted.bytes += chunk.length;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) counted.items += 1;
    endsInNewline = chunk.at(-1) === newline;
    if (keepIds) kept.push(chunk);
  });
  request.on('end', () => {
    if (!endsInNewline) counted.items += 1;
    counted.requests += 1;
    counted.lastAt = performance.timeOrigin + performance.now();
    if (counted.firstAt === 0) counted.firstAt = counted.lastAt;
    for (const line of Buffer.concat(kept).toString().split('\n')) {
      if (line !== '') counted.ids.add(eventId(line));
    }
    done();
  });
}

/** The event's id where herald's own format has it. */
function eventId(line: string): string {
  const { id }: { id: string } = JSON.parse(line);
  return id;
}

if (import.meta.main) await serve(process.argv.includes('--keep-ids'));
