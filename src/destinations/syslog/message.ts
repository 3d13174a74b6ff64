import type { Delivery } from '../../core/delivery.ts';
import { asciiJson } from '../../render/formats/ascii-json.ts';
import { isTextFormat, type Format } from '../../render/formats/format.ts';
import { syslogHeader, type SyslogOptions } from '../../render/formats/syslog.ts';
import { createItem, joinItems, type Item } from '../item.ts';
import { eventText, formatInput, type FormatContext } from '../format.ts';

/** How one delivery becomes a syslog message. */
export interface MessageOptions extends SyslogOptions {
  readonly format: Format;
  /** A byte order mark before text that is not ASCII. */
  readonly bom: boolean;
  /** What stands around a message in a stream; `datagram` is nothing. */
  readonly framing: 'octet_counting' | 'lf' | 'datagram';
}

const lineEnd = '\n';
const byteOrderMark = '\ufeff';
// oxlint-disable-next-line no-control-regex -- ASCII is meant, with all that is in it
const ascii = /^[\x00-\x7f]*$/;

/**
 * The message of a delivery, framed. JSON is written in ASCII, so that it needs no byte order mark, which JSON readers trip over;
 * the other formats begin with one where they are not ASCII, as RFC 5424 asks for.
 */
export function messageItem(delivery: Delivery, options: MessageOptions, context: FormatContext): Item {
  const { format, framing } = options;
  const header = syslogHeader(formatInput(delivery, context), options);
  const written = eventText(format, delivery, context);
  const text = isTextFormat(format) ? written : asciiJson(written);
  const mark = options.bom && !ascii.test(text) ? byteOrderMark : '';
  const message = createItem([header + mark + text]);
  if (framing === 'datagram') return message;
  return framing === 'lf' ? joinItems([message], '', '', lineEnd) : joinItems([message], `${message.bytes} `, '', '');
}
