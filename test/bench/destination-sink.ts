import { gunzipSync } from 'node:zlib';
import { systemClock } from '../../src/core/clock.ts';
import { destinations } from '../../src/destinations/index.ts';
import { played, startHttpReceiver, type Answer, type ReceivedRequest, type Reply } from '../support/receivers/http.ts';
import { startService } from '../support/receivers/service.ts';
import { standIns } from '../support/receivers/stand-ins.ts';

// A process of its own for the far end of one kind: `destination-sink.ts <type> [<latency, ms>]`. The strict stand-in judges the first
// requests; it takes longer to check an event than a destination may take to send one, so all others are only taken, and
// answered like those.

const [type = '', latency = '0'] = process.argv.slice(2);
const judgedMax = 3;
/** About a body: in pieces of Node's own size it takes twice as long to decompress. */
const plainBytesMax = 2_000_000;

/** What the service says to a request that it takes. */
const takes: ReadonlyMap<string, (request: ReceivedRequest) => Reply> = new Map<
  string,
  (request: ReceivedRequest) => Reply
>([
  ['splunk_hec', () => ({ status: 200, body: '{"text":"Success","code":0}' })],
  ['elasticsearch', takesBulk],
  ['loki', () => ({ status: 204 })],
  ['datadog', () => ({ status: 202, body: '{}' })],
  ['sentinel', () => ({ status: 204 })],
  ['otlp', () => ({ status: 200, headers: { 'content-type': 'application/x-protobuf' } })],
]);

const kind = destinations.find((one) => one.type === type);
if (kind === undefined) throw new Error(`no destination ${type}`);
const options = await start(takes.get(type));
process.send?.(options);
process.once('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});

async function start(take: ((request: ReceivedRequest) => Reply) | undefined): Promise<object> {
  const strict = standIns.get(type);
  if (take === undefined || strict === undefined || kind === undefined) return (await startService(kind!))!.options;
  const receiver = await startHttpReceiver(undefined, strict.aside);
  const pointed = strict.point?.(kind.example, receiver.url) ?? { ...kind.example, url: receiver.url };
  const judge = played(strict.create(pointed));
  let judged = 0;
  const answer: Answer = (response, socket, request) => {
    judged += 1;
    const say = judged <= judgedMax ? judge : played(take);
    const reply = (): void => say(response, socket, request);
    if (latency === '0') reply();
    else void systemClock.sleep(Number(latency)).then(reply);
  };
  receiver.script(answer);
  return pointed;
}

/** Elasticsearch tells of each item. */
function takesBulk({ body }: ReceivedRequest): Reply {
  const text = gunzipSync(body, { chunkSize: plainBytesMax });
  let lines = 0;
  for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, end + 1)) lines += 1;
  const item = '{"create":{"status":201}}';
  return { status: 200, body: `{"errors":false,"items":[${`${item},`.repeat(lines / 2 - 1)}${item}]}` };
}
