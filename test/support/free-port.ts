import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that nobody listens on, for another program to take: below the range that the kernel hands out, of which one that
 * is given back may go to another test that runs at the same time, before the program has it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    server.listen(port, '127.0.0.1');
    const [event] = await Promise.race([
      once(server, 'listening').then(() => ['free']),
      once(server, 'error').then(() => ['taken']),
    ]);
    if (event === 'taken') continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
