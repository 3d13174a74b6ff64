import type { Clock } from '../core/clock.ts';
import type { SyslogClient, SyslogClientOptions } from './syslog-client.ts';
import { createSyslogDatagrams } from './syslog-datagrams.ts';
import { createSyslogStream } from './syslog-stream.ts';

/** A client of one connection or socket that is kept. Opens nothing until the first message. */
export function createSyslogClient(options: SyslogClientOptions, clock: Clock): SyslogClient {
  return options.transport === 'udp' ? createSyslogDatagrams(options, clock) : createSyslogStream(options, clock);
}
