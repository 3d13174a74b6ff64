import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemClock } from '../../src/core/clock.ts';
import { destinations } from '../../src/destinations/index.ts';
import { readRequest, type Reply } from '../support/receivers/http.ts';
import { listen } from '../support/receivers/listen.ts';
import { startService } from '../support/receivers/service.ts';
import { standIns } from '../support/receivers/stand-ins.ts';

// A process of its own for the far end of one kind: `destination-sink.ts <type> [<latency, ms>]`. The strict stand-in judges the first
// requests; it takes longer to check an event than a destination may take to send one, and has the same processors, so all others are
// only read, and answered as the last of those was.

const [type = '', latency = '0'] = process.argv.slice(2);
const judgedMax = 3;

const kind = destinations.find((one) => one.type === type);
if (kind === undefined) throw new Error(`no destination ${type}`);
const options = await start();
process.send?.(options);
process.once('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});

async function start(): Promise<object> {
  const strict = standIns.get(type);
  if (strict === undefined || kind === undefined) return (await startService(kind!))!.options;
  const server = createServer((request, response) => void serve(request, response));
  const url = `http://127.0.0.1:${await listen(server)}`;
  const pointed = strict.point?.(kind.example, url) ?? { ...kind.example, url };
  const judge = strict.create(pointed);
  let judged = 0;
  let last: Reply = { status: 500 };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await replyTo(request);
    if (latency !== '0') await systemClock.sleep(Number(latency));
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }

  async function replyTo(request: IncomingMessage): Promise<Reply> {
    if (judged >= judgedMax) {
      request.resume();
      await once(request, 'end');
      return last;
    }
    judged += 1;
    const received = await readRequest(request);
    const other = strict?.aside?.(received);
    if (other === undefined) return (last = judge(received));
    judged -= 1;
    return other;
  }

  return pointed;
}
