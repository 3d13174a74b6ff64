import { hash } from 'node:crypto';
import type { Origin } from '../core/event.ts';

/**
 * Makes ids for the lines of one container: the first 128 bits of SHA-256 over namespace, pod and container, the
 * container's time of the line as it is written (empty when the wrapper has none) and the line's bytes, as 32 hex digits.
 */
export function createIdentify(origin: Omit<Origin, 'stream'>): (time: string, line: Uint8Array) => string {
  const head = `${origin.namespace ?? ''}/${origin.pod ?? ''}/${origin.container ?? ''}\n`;
  return (time, line) => {
    const salt = Buffer.from(`${head}${time}\n`);
    return hash('sha256', Buffer.concat([salt, line]), 'hex').slice(0, 32);
  };
}
