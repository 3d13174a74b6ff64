import type { Event, Origin } from '../core/event.ts';
import type { Family } from '../core/family.ts';
import { streams, type Stream } from './cri.ts';
import { eventMarker, isEvent, toEvent, toLookalike, type LineFacts } from './event.ts';
import { familyOf, isLookalike } from './family.ts';
import { createIdentify } from './id.ts';
import { isShallow, parseObject } from './json.ts';

/** One line without wrapper and prefix. `time` is the container's, or empty. */
export interface Line {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly stream: Stream | undefined;
  readonly time: string;
}

/** What a line is, and its event when it has one. */
export interface ReadLine {
  readonly family: Family;
  readonly event?: Event;
}

/** Reads lines by parsing them: for those that may be events and those whose bytes do not tell their family. */
export function createReader(origin: Omit<Origin, 'stream'>, lookalikes: boolean): (line: Line) => ReadLine {
  const identify = createIdentify(origin);
  const origins: readonly Origin[] = streams.map((stream) => ({ ...origin, stream }));
  const facts = (line: Line): LineFacts => ({
    id: identify(line.time, line.bytes),
    origin: line.stream === undefined ? origin : (origins[line.stream] ?? origin),
    time: line.time,
  });
  return (line) => {
    const marked = line.text.includes(eventMarker);
    if (!line.text.startsWith('{')) return { family: marked ? 'unparsable' : 'plain' };
    const value = parseObject(line.text);
    if (value === undefined) return { family: 'unparsable' };
    const event = marked && isEvent(value);
    const family = event ? 'event' : familyOf(value, isCompact(line.text));
    if (!event && !(lookalikes && isLookalike(value))) return { family };
    if (!isShallow(value, line.text)) return { family: 'unparsable' };
    return { family, event: event ? toEvent(value, facts(line)) : toLookalike(value, facts(line)) };
  };
}

/** Go and Rust write no blank behind the colon of a key. */
function isCompact(text: string): boolean {
  const colon = text.indexOf('":');
  return colon >= 0 && text.charCodeAt(colon + 2) !== 32;
}
