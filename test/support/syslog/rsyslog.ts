import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from '../receivers/certificates.ts';
import { checkConfiguration, startSyslogDaemon, type SyslogDaemon } from './daemon.ts';

/** Installed, or unpacked beside another system logger: Debian lets only one of them be installed. */
const roots = ['', '/opt/rsyslog'];
const root = roots.find((path) => existsSync(`${path}/usr/sbin/rsyslogd`));
const modules = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((machine) => `${root ?? ''}/usr/lib/${machine}/rsyslog`)
  .find((path) => existsSync(`${path}/lmnsd_gtls.so`));

/** Why there can be no rsyslog on this machine; undefined when there can. */
export function rsyslogMissing(): string | undefined {
  return modules === undefined ? 'rsyslog with gtls is missing: .ci/run unpacks it' : undefined;
}

/** rsyslog with TLS and certificates on both sides. `raw` has the messages as they came, `parsed` its parts apart by U+00A6. */
export function startRsyslog(port: number, { directory }: Certificates): Promise<SyslogDaemon> {
  return startSyslogDaemon((folder) => {
    const path = join(folder, 'rsyslog.conf');
    writeFileSync(path, configuration(folder, port, directory));
    const args = ['-n', '-f', path, '-i', join(folder, 'pid'), '-M', modules ?? ''];
    return { command: `${root ?? ''}/usr/sbin/rsyslogd`, args, port };
  });
}

/** Throws when rsyslog does not take the configuration. */
export function checkRsyslog(text: string): void {
  checkConfiguration(text, (path) => [`${root ?? ''}/usr/sbin/rsyslogd`, '-N1', '-f', path, '-M', modules ?? '']);
}

/** Everything that could change a message is as rsyslog has it by default. */
function configuration(folder: string, port: number, certificates: string): string {
  const parts = [
    'pri',
    'timereported:::date-rfc3339',
    'hostname',
    'app-name',
    'procid',
    'msgid',
    'structured-data',
    'msg',
  ];
  return `
global(
  workDirectory="${folder}"
  defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${certificates}/ca.crt"
  defaultNetstreamDriverCertFile="${certificates}/server.crt"
  defaultNetstreamDriverKeyFile="${certificates}/server.key"
)
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="raw" type="string" string="%rawmsg%\\n")
template(name="parsed" type="string" string="${parts.map((part) => `%${part}%`).join('¦')}\\n")
ruleset(name="all") {
  action(type="omfile" file="${folder}/raw" template="raw")
  action(type="omfile" file="${folder}/parsed" template="parsed")
}
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="all")
`;
}
