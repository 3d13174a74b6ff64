import type { Family } from '../core/family.ts';
import { blank, braceClose, braceOpen, isAt } from './bytes.ts';
import { eventMarker } from './event.ts';
import { accessLogger, flowLogger, loggerFamilies, lookalikeEvent } from './family.ts';
import { Hits } from './hits.ts';

interface Known {
  /** The logger's name with the closing quote. */
  readonly name: Buffer;
  readonly family: Family | 'access?' | 'lookalike?';
}

/**
 * Tells the family of a line by searching its bytes, without making a string of it. The needles that are searched in every line
 * have no leading quote: a search begins with the first byte, and a quote is the most frequent one.
 *
 * `escape` is empty, or a backslash for JSON text that stands in a JSON string.
 */
export class Scan {
  readonly #marker = new Hits(eventMarker, 'Event');
  readonly #logger: Hits;
  readonly #tables: Tables;
  readonly #readsLookalikes: boolean;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(escape: '' | '\\', readsLookalikes: boolean) {
    const mark = `${escape}"`;
    this.#logger = new Hits(`logger${mark}:`, `ger${mark}:`);
    this.#tables = escape === '' ? plain : escaped;
    this.#readsLookalikes = readsLookalikes;
  }

  /** The lines that follow lie in these bytes, in their order. */
  open(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#marker.open(bytes);
    this.#logger.open(bytes);
  }

  /** The family of a line; undefined when it must be parsed to know, because it may be an event or broken. */
  family(from: number, to: number): Family | undefined {
    const bytes = this.#bytes;
    if (this.#marker.next(from) < to) return bytes[from] === braceOpen ? undefined : 'unparsable';
    if (bytes[from] !== braceOpen) return 'plain';
    if (bytes[to - 1] !== braceClose) return undefined;
    const key = this.#loggerKey(from, to);
    if (key < to) return this.#byLogger(key + this.#logger.needle.length, from, to);
    return bytes.subarray(from, to).includes(this.#tables.needles.target) ? 'rust' : undefined;
  }

  /** The place of the key behind its opening quote: inside a string the quote would have a further backslash. */
  #loggerKey(from: number, to: number): number {
    const { quote } = this.#tables.needles;
    const { length } = quote;
    let at = this.#logger.next(from);
    while (at < to && !(isAt(this.#bytes, at - length, quote) && this.#bytes[at - length - 1] !== backslash))
      at = this.#logger.next(at + 1);
    return at;
  }

  #byLogger(valueFrom: number, from: number, to: number): Family | undefined {
    const bytes = this.#bytes;
    const { quote, appName } = this.#tables.needles;
    const isCompact = bytes[valueFrom] !== blank;
    const open = isCompact ? valueFrom : valueFrom + 1;
    if (!isAt(bytes, open, quote)) return undefined;
    const nameFrom = open + quote.length;
    const known = this.#find(nameFrom);
    if (known !== undefined) return this.#certain(known, nameFrom + known.name.length, from, to);
    // Only Go writes JSON without blanks and names a logger.
    if (isCompact) return 'go';
    if (isAt(bytes, nameFrom, authentik)) return isAt(bytes, from, appName) ? 'boot' : 'python';
    return this.#byNextKey(nameFrom, to);
  }

  #find(nameFrom: number): Known | undefined {
    for (const known of this.#tables.known[this.#bytes[nameFrom + distinctAt] ?? 0] ?? [])
      if (isAt(this.#bytes, nameFrom, known.name)) return known;
    for (const known of this.#tables.short) if (isAt(this.#bytes, nameFrom, known.name)) return known;
    return undefined;
  }

  #certain({ family }: Known, behind: number, from: number, to: number): Family | undefined {
    if (family === 'access?') return this.#isAccess(behind) ? 'access' : undefined;
    if (family !== 'lookalike?') return family;
    if (this.#readsLookalikes) return undefined;
    return this.#bytes.subarray(from, to).includes(this.#tables.needles.lookalike) ? 'lookalike' : undefined;
  }

  /** An access line goes on with its method, a websocket's with pid and remote; the logger writes other lines too. */
  #isAccess(behind: number): boolean {
    const { method, pid, remote } = this.#tables.needles;
    if (isAt(this.#bytes, behind, method)) return true;
    if (!isAt(this.#bytes, behind, pid)) return false;
    let at = behind + pid.length;
    while (isDigit(this.#bytes[at])) at++;
    return isAt(this.#bytes, at, remote);
  }

  /** Other loggers may be anybody's: with the keys sorted, a pid would be next. */
  #byNextKey(nameFrom: number, to: number): Family | undefined {
    const { quote, pid, timestamp } = this.#tables.needles;
    const nameTo = this.#bytes.indexOf(quote, nameFrom);
    if (nameTo < 0 || nameTo >= to) return undefined;
    const behind = nameTo + quote.length;
    if (isAt(this.#bytes, behind, pid)) return 'python';
    return isAt(this.#bytes, behind, timestamp) ? 'foreign' : undefined;
  }
}

const backslash = 92;
const authentik = Buffer.from('authentik.');
const distinctAt = authentik.length;

/** What the scans of all lines share: with hundreds of containers, a copy for each would be megabytes. */
interface Tables {
  readonly needles: ReturnType<typeof needlesFor>;
  /** By the byte in which the names differ most, the first after `authentik.`. */
  readonly known: readonly (readonly Known[])[];
  /** Names too short for that. */
  readonly short: readonly Known[];
}

function tablesFor(mark: string): Tables {
  const known = knownLoggers(mark);
  return {
    needles: needlesFor(mark),
    known: Array.from({ length: 256 }, (_, byte) => known.filter(({ name }) => name[distinctAt] === byte)),
    short: known.filter(({ name }) => name.length <= distinctAt + mark.length),
  };
}

const plain = tablesFor('"');
const escaped = tablesFor('\\"');

/** What is looked for, with quotes as they stand in the line. Python puts a blank behind colons and commas. */
function needlesFor(mark: string) {
  const bytes = (text: string): Buffer => Buffer.from(text.replaceAll('"', mark));
  return {
    quote: bytes('"'),
    target: bytes('"target":"'),
    lookalike: bytes(`"event": "${lookalikeEvent}"`),
    appName: bytes('{"app_name": '),
    method: bytes(', "method": '),
    pid: bytes(', "pid": '),
    remote: bytes(', "remote": '),
    timestamp: bytes(', "timestamp": '),
  };
}

function knownLoggers(mark: string): readonly Known[] {
  const families = [...loggerFamilies, [accessLogger, 'access?'], [flowLogger, 'lookalike?']] as const;
  return families.map(([name, family]) => ({ name: Buffer.from(name + mark), family }));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
