import type { Delivery, SendResult } from '../../core/delivery.ts';
import type { Infer, ObjectSchema } from '../../core/schema.ts';
import type { HttpFailure } from '../../net/http.ts';
import type { SyslogSent } from '../../net/syslog-client.ts';
import { createSyslogClient } from '../../net/syslog.ts';
import { formats, isTextFormat } from '../../render/formats/format.ts';
import { facilityNames } from '../../render/formats/syslog.ts';
import { joinItems, writeItem } from '../item.ts';
import { pack } from '../batch/pack.ts';
import { defineDestination, type OptionProblem } from '../destination.ts';
import { formatDescription } from '../format.ts';
import { guide } from './guide.ts';
import { messageItem, type MessageOptions } from './message.ts';
import { setup } from './setup.ts';

/** What rsyslog takes unless told otherwise. */
const streamBytesMax = 8192;
/** What every receiver should take (RFC 5426, 3.2). */
const datagramBytesMax = 2048;
/** Less has no room for the header and the structured data of every event. */
const sizeBytesMin = 1024;
/** A stream knows no messages, but what is sent again after a connection broke must begin with a whole one. */
const pieceItems = 250;
/** The largest datagram over IPv4. */
const udpBytesMax = 65_507;

const schema = {
  type: 'object',
  properties: {
    host: { type: 'string', minLength: 1, pattern: '^[^\\s/@]+$', description: 'Name or address of the receiver.' },
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      description: 'Port of the receiver. Default: 6514 for `tls`, 514 otherwise.',
    },
    transport: {
      type: 'string',
      enum: ['tls', 'tcp', 'udp'],
      default: 'tls',
      description: 'How messages travel: `tls` (RFC 5425), `tcp` (RFC 6587) or `udp` (RFC 5426).',
    },
    framing: {
      type: 'string',
      enum: ['octet_counting', 'lf'],
      default: 'octet_counting',
      description: 'How messages are told apart over `tcp`: by their length before each, or by a line end after each.',
    },
    format: {
      type: 'string',
      enum: ['json', ...formats],
      default: 'json',
      description: `The message's text. ${formatDescription}, \`cef\` (ArcSight), \`leef\` (QRadar 2.0); \`json\` is the same as \`herald\`.`,
    },
    facility: {
      type: 'string',
      enum: facilityNames,
      default: 'authpriv',
      description: 'Facility of all messages. The severity is that of the rule: notice 5, warning 4, alert 1.',
    },
    app_name: {
      type: 'string',
      default: 'authentik',
      pattern: '^[!-~]{1,48}$',
      description: 'APP-NAME of all messages.',
    },
    hostname: {
      type: 'string',
      pattern: '^[!-~]{1,255}$',
      description: 'HOSTNAME of all messages. Default: the pod that the event came from, else the name of this herald.',
    },
    structured_data: {
      type: 'boolean',
      description:
        'Key, action, user, address and rule as structured data. Default: with JSON; readers of CEF and LEEF expect none.',
    },
    bom: {
      type: 'boolean',
      default: true,
      description:
        'A byte order mark before CEF and LEEF that is not ASCII, as RFC 5424 wants it. JSON is written in ASCII and needs none.',
    },
    max_size: {
      type: 'string',
      format: 'size',
      description: 'Largest message; longer ones have their longest texts cut. Default: 8KiB, over `udp` 2KiB.',
    },
  },
  required: ['host'],
} as const satisfies ObjectSchema;

/** Any syslog receiver: RFC 5424 over UDP, TCP or TLS. */
export const syslog = defineDestination({
  type: 'syslog',
  summary: 'Syslog (RFC 5424) over TLS, TCP or UDP',
  schema,
  example: { host: 'syslog.example.com', format: 'cef' },
  guide,
  ignores: ['proxy'],

  policy({ transport }) {
    // A burst of datagrams larger than the receiver's buffer is lost in part, and nobody is told.
    const items = transport === 'udp' ? 50 : 2000;
    return { items, bytes: 2 * 1024 * 1024, waitMs: 0, maxAgeMs: undefined, digest: 1 };
  },

  check({ transport, framing, max_size }): readonly OptionProblem[] {
    const framed = transport !== 'tcp' && framing === 'lf';
    const large = transport === 'udp' && max_size !== undefined && max_size > udpBytesMax;
    const small = max_size !== undefined && max_size < sizeBytesMin;
    return [
      ...(framed ? [{ path: ['framing'], message: `only \`tcp\` has a choice: over \`${transport}\` remove it` }] : []),
      ...(large ? [{ path: ['max_size'], message: `a datagram holds at most ${udpBytesMax} bytes` }] : []),
      ...(small
        ? [{ path: ['max_size'], message: `use no less than ${sizeBytesMin} bytes: who did what must fit` }]
        : []),
    ];
  },

  setup,

  create(config, { common, clock, instance, authentikUrl }) {
    const { host, transport } = config;
    const port = config.port ?? (transport === 'tls' ? 6514 : 514);
    const client = createSyslogClient({ ...common, host, port, transport }, clock);
    const options = messageOptions(config);
    const context = { instance, authentikUrl };
    const itemBytes = config.max_size ?? (transport === 'udp' ? datagramBytesMax : streamBytesMax);
    const encoding = {
      limits: { bytes: Number.MAX_SAFE_INTEGER, itemBytes },
      item: (delivery: Delivery) => messageItem(delivery, options, context),
    };
    return {
      async send(batch, signal) {
        const { items, spread } = pack(batch, encoding);
        if (items.length === 0) return spread({ status: 'delivered' });
        const pieces = chunked(items, transport === 'udp' ? 1 : pieceItems).map((piece) => writeItem(joinItems(piece)));
        return spread(resultOf(await client.send(pieces, signal)));
      },
      close: () => client.close(),
    };
  },
});

function messageOptions(config: Infer<typeof schema>): MessageOptions {
  const { transport, framing, facility, app_name, hostname, bom } = config;
  const format = config.format === 'json' ? 'herald' : config.format;
  return {
    format,
    facility,
    appName: app_name,
    hostname,
    bom,
    structuredData: config.structured_data ?? !isTextFormat(format),
    framing: transport === 'udp' ? 'datagram' : framing,
  };
}

function chunked<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function resultOf(outcome: SyslogSent | HttpFailure): SendResult {
  if (outcome.kind === 'sent') return { status: 'delivered' };
  return { status: 'retry', reason: outcome.reason, detail: outcome.detail };
}
