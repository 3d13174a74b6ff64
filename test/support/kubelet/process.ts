import { LogWriter } from './log-writer.ts';
import type { Command, WriterOptions } from './ledger.ts';

// The process of the kubelet model, started by kubelet.ts: obeys commands one by one and answers each with the ledger.

const options: WriterOptions = JSON.parse(process.argv[2] ?? '{}');
const writer = new LogWriter(options);
let eventsPerSecond = 0;
let owed = 0;
let lastMs = performance.now();

setInterval(() => {
  const nowMs = performance.now();
  owed += ((nowMs - lastMs) / 1000) * eventsPerSecond;
  lastMs = nowMs;
  writer.write(Math.floor(owed));
  owed -= Math.floor(owed);
}, 10);

process.on('message', (command: Command) => {
  switch (command.do) {
    case 'write':
      writer.write(command.events);
      break;
    case 'rate':
      ({ eventsPerSecond } = command);
      break;
    case 'rotate':
      writer.rotate();
      break;
    case 'restart':
      writer.restart();
      break;
    case 'tell':
      break;
  }
  process.send?.(writer.ledger());
});
process.on('disconnect', () => process.exit());
