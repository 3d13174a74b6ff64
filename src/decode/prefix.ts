import { isCutHeader } from './cri.ts';

const date = String.raw`\d{4}-\d\d-\d\d`;
const clock = String.raw`\d\d:\d\d:\d\d`;
const zone = String.raw`[+-]\d\d:\d\d`;
const rfc3339 = `${date}T${clock}(?:\\.\\d{1,9})?(?:Z|${zone})`;
const truenas = `${date} ${clock}\\.\\d{1,9}${zone}`;
// The text is read as latin1, where the letters of any month's name in UTF-8 are \x80-\xff.
const journald = String.raw`[A-Za-z\x80-\xff]{2,16}\.? {1,2}\d{1,2} ${clock} [\w.-]{1,255} [\w.@-]{1,255}\[\d{1,10}\]: `;
const compose = String.raw`(?:${date} ${clock} )?[\w.-]{1,255} {1,128}\| `;
// Kubernetes ends a pod's name with a number or five letters of this alphabet, which has no vowels and so makes no words.
const podEnd = '(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\\d{1,5})';
const stern = `[a-z0-9][-a-z0-9.]{0,252}-${podEnd} [a-z0-9][-a-z0-9]{0,62} `;
const kubectl = String.raw`\[pod/[-a-z0-9.]{1,253}/[-a-z0-9]{1,63}\] `;

const known = new RegExp(
  `^(?:${journald})?(?:${compose}|${stern}|${kubectl})?(?:(${rfc3339}) |(${truenas}) ?)?(?=\\{)`,
);

const dozzle = new RegExp(`^(?:${rfc3339} )?(?:TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:\\| )?[\\w-]+=`);

/** Enough bytes of a line's head to hold any known prefix. */
export const prefixBytesMax = 900;

/** What a collector put before the JSON object of a line. */
export interface Prefix {
  readonly length: number;
  /** The collector's time, when it is one with a zone; else empty. */
  readonly time: string;
}

/**
 * The known prefix that stands between the line's begin and a `{`: compose, Docker Desktop, `docker logs -t`,
 * TrueNAS, stern, `kubectl --prefix`, journald, and journald or a pod's name before one of them. Undefined for all other text: a `{`
 * somewhere in a line may be anybody's. `head` is the line's head as latin1.
 */
export function findPrefix(head: string): Prefix | undefined {
  const match = known.exec(head);
  return match === null ? undefined : { length: match[0].length, time: match[1] ?? match[2] ?? '' };
}

/**
 * True for a line that is no plain text of authentik's and yet cannot be read: zerolog's `INF | key=value …` as Dozzle exports
 * it, whose values stand raw so that one may forge the next, and a CRI record that was cut within its header.
 */
export function isUnreadable(head: string): boolean {
  return dozzle.test(head) || isCutHeader(head);
}
