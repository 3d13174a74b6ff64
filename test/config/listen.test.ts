import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback, parseListen } from '../../src/config/listen.ts';

const table: readonly (readonly [text: string, host: string | undefined, port?: number, loopback?: boolean])[] = [
  ['127.0.0.1:9380', '127.0.0.1', 9380, true],
  ['127.1.2.3:1', '127.1.2.3', 1, true],
  ['localhost:9380', 'localhost', 9380, true],
  ['[::1]:9380', '::1', 9380, true],
  ['[::ffff:127.0.0.1]:1', '::ffff:127.0.0.1', 1, true],
  ['0.0.0.0:0', '0.0.0.0', 0, false],
  [':9380', '', 9380, false],
  ['[::]:9380', '::', 9380, false],
  ['10.0.0.1:65535', '10.0.0.1', 65_535, false],
  ['herald.example.com:80', 'herald.example.com', 80, false],
  ['127.0.0.1.example.com:80', '127.0.0.1.example.com', 80, false],
  ['127.0.0.1', undefined],
  ['9380', undefined],
  ['127.0.0.1:65536', undefined],
  ['127.0.0.1:-1', undefined],
  ['::1:9380', undefined],
  ['[10.0.0.1]:80', undefined],
  ['http://127.0.0.1:80', undefined],
  ['', undefined],
];

for (const [text, host, port, loopback] of table) {
  test(`listens on ${JSON.stringify(text)}: ${host === undefined ? 'refused' : `${host} ${port}`}`, () => {
    const listen = parseListen(text);
    assert.deepEqual(listen, host === undefined ? undefined : { host, port });
    if (listen !== undefined) assert.equal(isLoopback(listen.host), loopback);
  });
}
