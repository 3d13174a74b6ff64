import { hash } from 'node:crypto';
import type { Origin } from '../core/event.ts';
import { canonicalTime } from './time.ts';

/**
 * Makes ids for the lines of one container: the first 128 bits of SHA-256 over namespace, pod and container, the
 * container's time of the line (empty when the wrapper has none) and the line's bytes, as 32 hex digits. The time counts as an
 * instant, because a log file and the pod-log API write the same one differently.
 */
export function createIdentify(origin: Omit<Origin, 'stream'>): (time: string, line: Uint8Array) => string {
  const head = `${origin.namespace ?? ''}/${origin.pod ?? ''}/${origin.container ?? ''}\n`;
  return (time, line) => {
    const salt = Buffer.from(`${head}${canonicalTime(time)}\n`);
    return hash('sha256', Buffer.concat([salt, line]), 'hex').slice(0, 32);
  };
}
