import { asText, get, type Json } from '../core/json.ts';
import { isAt } from './bytes.ts';
import { streams, type Stream } from './cri.ts';
import { Hits } from './hits.ts';
import { parseObject } from './json.ts';

/** One record of Docker's json-file driver. `log` ends in a newline when it ends its line. */
export interface DockerRecord {
  readonly log: string;
  readonly stream: Stream;
  readonly time: string;
}

/** Where the parts of a record lie that holds a whole line. The text is still escaped as JSON. */
export interface DockerPlaces {
  readonly textFrom: number;
  readonly textTo: number;
  readonly stream: Stream;
  readonly timeFrom: number;
  readonly timeTo: number;
}

/** True when a json-file record begins at `from`. */
export function isDockerRecord(bytes: Uint8Array, from: number): boolean {
  return isAt(bytes, from, head);
}

/** The record that the text is. `foreign` for a JSON object that is none, `broken` for anything else. */
export function parseDocker(text: string): DockerRecord | 'foreign' | 'broken' {
  const record = parseObject(text);
  if (record === undefined) return 'broken';
  const log = asText(get(record, 'log'));
  const stream = streamNumber(get(record, 'stream'));
  if (log === undefined || stream === undefined) return 'foreign';
  return { log, stream, time: asText(get(record, 'time')) ?? '' };
}

/** Finds the parts of json-file records by their bytes; parsing each one would halve the speed. */
export class DockerScan {
  readonly #stream = new Hits('stream":"std');
  #bytes: Buffer = Buffer.alloc(0);

  /** The lines that follow lie in these bytes, in their order. */
  open(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#stream.open(bytes);
  }

  /** The parts of the record; undefined when it is a part of a line or not of the usual shape, and must be parsed. */
  locate(from: number, to: number): DockerPlaces | undefined {
    const bytes = this.#bytes;
    const key = this.#stream.next(from);
    if (key >= to || !isAt(bytes, key - comma.length, comma)) return undefined;
    const logTo = key - comma.length;
    const name = key + this.#stream.needle.length;
    const stream = isAt(bytes, name, stderr) ? 1 : isAt(bytes, name, stdout) ? 0 : undefined;
    const timeFrom = name + stderr.length;
    if (stream === undefined || !endsLine(bytes, logTo) || !isAt(bytes, to - end.length, end)) return undefined;
    return { textFrom: from + head.length, textTo: logTo - 2, stream, timeFrom, timeTo: to - end.length };
  }
}

const head = Buffer.from('{"log":"');
const comma = Buffer.from('","');
const stdout = Buffer.from('out","time":"');
const stderr = Buffer.from('err","time":"');
const end = Buffer.from('"}');

const backslash = 92;

/** True for a log text that ends in an escaped newline. */
function endsLine(bytes: Uint8Array, to: number): boolean {
  // A backslash before makes the newline's own one doubtful.
  return bytes[to - 1] === 110 && bytes[to - 2] === backslash && bytes[to - 3] !== backslash;
}

function streamNumber(name: Json | undefined): Stream | undefined {
  return name === streams[0] ? 0 : name === streams[1] ? 1 : undefined;
}
