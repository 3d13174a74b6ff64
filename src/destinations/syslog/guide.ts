import type { Guide } from '../destination.ts';
import { connectionFailures } from '../http-failures.ts';

/** What the page of `syslog` says. */
export const guide: Guide = {
  notes: [
    "The time of a message is the event's, its MSGID the action, its PROCID the container, and its severity that of the rule: notice 5, warning 4, alert 1.",
    'Syslog has no acknowledgement. Over `tls` and `tcp` a batch counts as delivered when the kernel has taken all of it and neither a reset nor an end of the connection came back within two round trips. When a connection breaks later, the last MiB of the last 30 seconds is sent again ahead of what follows, because the receiver may not have read it: twice is better than never. A connection that the receiver closes in order has been read to its end. What is lost all the same: what the receiver had read but not stored when it crashed, and what was under way when herald was killed together with the connection. Over `udp` nothing but a closed port is noticed: use it only where nothing else is possible.',
    'Each message is one line: line ends, control characters and bidirectional overrides of event texts are escaped or made visible. JSON is written in ASCII, with `\\u` escapes, so that it needs no byte order mark. CEF and LEEF begin with one where they are not ASCII; `bom: false` leaves it out for receivers that show it as three odd characters.',
    'In `framing: octet_counting` the length of a message stands before it. `lf` is for receivers that know nothing else; `tls` always counts.',
  ],
  order:
    'Kept. One batch of up to 2,000 messages is under way at a time, over one connection that stays open; over `udp` 50 datagrams.',
  idempotency:
    "None in syslog; the delivery's key, the same on every attempt, is `key` in the structured data and in JSON, `externalId` in CEF (without its dot) and `deliveryId` in LEEF.",
  limits: [
    'A message larger than `max_size` has its longest texts cut and marked `…[shortened]`: 8 KiB over `tls` and `tcp`, which is what rsyslog takes unless told otherwise, 2 KiB over `udp`. Where the receiver takes more (`maxMessageSize` of rsyslog, `log-msg-size()` of syslog-ng), allow it here too.',
    'HOSTNAME has 255 characters, APP-NAME 48, PROCID 128, MSGID 32, a value of the structured data 255.',
  ],
  failures: connectionFailures.filter(({ when }) => !when.includes('407')),
};
