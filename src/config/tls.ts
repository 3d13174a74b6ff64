import type { Infer } from '../core/schema.ts';
import { Secret } from '../core/secret.ts';
import type { TlsOptions } from '../net/tls.ts';
import type { tlsSchema } from './common.ts';
import { tryRead } from './interpolate.ts';
import type { Path } from './path.ts';
import type { Reader } from './reader.ts';

/** `tls` as it is loaded: each of `ca`, `cert` and `key` a PEM text or the path of a file with one. */
export type TlsValue = Infer<typeof tlsSchema>;

/** The PEM texts; a file that cannot be read or has none is reported. */
export function readTls(
  tls: TlsValue | undefined,
  path: Path,
  reader: Reader,
  readFile: (path: string) => string,
): TlsOptions {
  if (tls === undefined) return {};
  const pem = (key: 'ca' | 'cert' | 'key', value: string | undefined): string | undefined => {
    if (value === undefined || value.trimStart().startsWith(pemStart)) return value;
    const read = tryRead(value, readFile);
    if ('problem' in read) reader.problem([...path, key], `the file ${read.problem}`);
    else if (!read.text.includes(pemStart))
      reader.problem([...path, key], `the file is no PEM: it has no line "${pemStart}…"`);
    else return read.text;
    return undefined;
  };
  const ca = pem('ca', tls.ca);
  const cert = pem('cert', tls.cert);
  const key = pem('key', tls.key?.reveal());
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    reader.problem(path, 'a client certificate needs both "cert" and "key"', 'key');
  }
  if (tls.insecure)
    reader.warning([...path, 'insecure'], 'anyone in between can read and answer in the name of the server');
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: new Secret(key) }),
    ...(tls.insecure && { insecure: true }),
  };
}

const pemStart = '-----BEGIN';
