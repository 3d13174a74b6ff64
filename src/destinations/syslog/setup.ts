import type { SetupBlock } from '../destination.ts';

interface Options {
  readonly port?: number;
  readonly transport: 'tls' | 'tcp' | 'udp';
  readonly framing: 'octet_counting' | 'lf';
  readonly format: string;
}

/** What rsyslog and syslog-ng need to take the messages as they are sent. */
export function setup({ port, transport, framing, format }: Options): readonly SetupBlock[] {
  const listen = port ?? (transport === 'tls' ? 6514 : 514);
  return [
    { title: 'rsyslog', language: 'text', file: '/etc/rsyslog.d/30-authentik.conf', text: rsyslog(transport, listen) },
    {
      title: 'syslog-ng',
      language: 'text',
      file: '/etc/syslog-ng/conf.d/authentik.conf',
      text: syslogNg(transport, framing, listen),
    },
    ...(format === 'leef'
      ? [
          {
            title: 'QRadar',
            language: 'markdown' as const,
            text: 'Add a log source of the type *Universal LEEF* with the protocol *Syslog* (or *TLS Syslog*), and as its identifier the HOSTNAME of the messages.',
          },
        ]
      : []),
  ];
}

function rsyslog(transport: Options['transport'], port: number): string {
  const output = `ruleset(name="authentik") {
  action(type="omfile" file="/var/log/authentik.log" template="RSYSLOG_SyslogProtocol23Format")
}`;
  const size = '# Before every module; 8k is the default.\nglobal(maxMessageSize="64k")';
  if (transport === 'udp') {
    return `${size}\nmodule(load="imudp")\n${output}\ninput(type="imudp" port="${port}" ruleset="authentik")\n`;
  }
  if (transport === 'tcp') {
    return `${size}\nmodule(load="imtcp")\n${output}\ninput(type="imtcp" port="${port}" ruleset="authentik")\n`;
  }
  return `# Needs the package rsyslog-gnutls.
${size}
global(
  defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="/etc/rsyslog.d/tls/ca.crt"
  defaultNetstreamDriverCertFile="/etc/rsyslog.d/tls/server.crt"
  defaultNetstreamDriverKeyFile="/etc/rsyslog.d/tls/server.key"
)
# "x509/certvalid" asks herald for a certificate too: tls.cert and tls.key there. "anon" does not.
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
${output}
input(type="imtcp" port="${port}" ruleset="authentik")
`;
}

function syslogNg(transport: Options['transport'], framing: Options['framing'], port: number): string {
  const tls = `
    tls(
      key-file("/etc/syslog-ng/tls/server.key") cert-file("/etc/syslog-ng/tls/server.crt")
      # "required-trusted" with ca-file() asks herald for a certificate too: tls.cert and tls.key there.
      peer-verify(optional-untrusted)
    )`;
  const lines = transport === 'tcp' && framing === 'lf';
  const driver = lines
    ? `network(transport("tcp") port(${port}) flags(syslog-protocol))`
    : `syslog(transport("${transport}") port(${port})${transport === 'tls' ? tls : ''})`;
  return `source s_authentik {
  ${driver};
};
destination d_authentik { file("/var/log/authentik.log" template("$ISODATE $HOST $MSGID $SDATA $MSG\\n")); };
log { source(s_authentik); destination(d_authentik); };
`;
}
