import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts of a server. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A throw-away authority with one server (for 127.0.0.1 and localhost) and one client certificate, and where their files are. */
export interface Certificates {
  readonly directory: string;
  readonly ca: string;
  readonly server: ServerCertificate;
  readonly client: ServerCertificate;
}

/** Made by openssl, in a new temporary directory that the caller removes. */
export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'herald-tls-'));
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=herald test authority',
  );
  for (const name of ['server', 'client']) {
    run('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=herald test ${name}`);
    writeFileSync(join(directory, `${name}.ext`), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`];
    run('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...signed);
  }
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  return {
    directory,
    ca: read('ca.crt'),
    server: { key: read('server.key'), cert: read('server.crt') },
    client: { key: read('client.key'), cert: read('client.crt') },
  };
}
