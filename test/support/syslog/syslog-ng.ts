import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from '../receivers/certificates.ts';
import { checkConfiguration, startSyslogDaemon, type SyslogDaemon } from './daemon.ts';

const command = '/usr/sbin/syslog-ng';

/** Why there can be no syslog-ng on this machine; undefined when there can. */
export function syslogNgMissing(): string | undefined {
  return existsSync(command) ? undefined : 'syslog-ng is missing: apt-get install syslog-ng-core';
}

/** syslog-ng with a port for TLS, one for TCP and one for UDP. `raw` has the messages as they came, `parsed` its parts apart by U+00A6. */
export function startSyslogNg(
  ports: { readonly tls: number; readonly tcp: number; readonly udp: number },
  { directory }: Certificates,
): Promise<SyslogDaemon> {
  return startSyslogDaemon((folder) => {
    const path = join(folder, 'syslog-ng.conf');
    writeFileSync(path, configuration(folder, ports, directory));
    const files = ['persist-file', 'pidfile', 'control'].flatMap((name) => [`--${name}`, join(folder, name)]);
    return { command, args: ['-F', '--no-caps', '-f', path, ...files], port: ports.tls };
  });
}

/** Throws when syslog-ng does not take the configuration, which its main file includes. */
export function checkSyslogNg(text: string): void {
  checkConfiguration(`@version: 3.35\n${text}`, (path) => [command, '--syntax-only', '--no-caps', '-f', path]);
}

function configuration(
  folder: string,
  { tls, tcp, udp }: { readonly tls: number; readonly tcp: number; readonly udp: number },
  certificates: string,
): string {
  const parts = ['$PRI', '$S_ISODATE', '$HOST', '$PROGRAM', '$PID', '$MSGID', '$SDATA', '$MSG'];
  return `@version: 3.35
options { keep-hostname(yes); use-dns(no); stats-freq(0); log-msg-size(65536); frac-digits(3); time-zone("+00:00"); };
source s_all {
  syslog(
    transport("tls") ip("127.0.0.1") port(${tls}) flags(store-raw-message) max-connections(10)
    tls(
      key-file("${certificates}/server.key") cert-file("${certificates}/server.crt")
      ca-file("${certificates}/ca.crt") peer-verify(required-trusted)
    )
  );
  syslog(transport("tcp") ip("127.0.0.1") port(${tcp}) flags(store-raw-message));
  syslog(transport("udp") ip("127.0.0.1") port(${udp}) flags(store-raw-message));
};
destination d_raw { file("${folder}/raw" template("$RAWMSG\\n")); };
destination d_parsed { file("${folder}/parsed" template("${parts.join('¦')}\\n")); };
log { source(s_all); destination(d_raw); destination(d_parsed); };
`;
}
