import { asText, get, type JsonObject } from '../core/json.ts';
import { Secret } from '../core/secret.ts';
import type { TlsOptions } from '../net/tls.ts';
import { tryRead } from './interpolate.ts';
import type { Path } from './path.ts';
import type { Reader } from './reader.ts';

/**
 * The PEM texts of a checked `tls`, in which each of `ca`, `cert` and `key` is such a text or the path of a file with one;
 * a file that cannot be read or has none is reported.
 */
export function readTls(tls: JsonObject, path: Path, reader: Reader, readFile: (path: string) => string): TlsOptions {
  const pem = (key: 'ca' | 'cert' | 'key'): string | undefined => {
    const value = asText(get(tls, key));
    if (value === undefined || value.trimStart().startsWith(pemStart)) return value;
    const read = tryRead(value, readFile);
    if ('problem' in read) reader.problem([...path, key], `the file ${read.problem}`);
    else if (read.text.includes(pemStart)) return read.text;
    else reader.problem([...path, key], `the file is no PEM: it has no line "${pemStart}…"`);
    return undefined;
  };
  const ca = pem('ca');
  const cert = pem('cert');
  const key = pem('key');
  const insecure = get(tls, 'insecure') === true;
  if (Object.hasOwn(tls, 'cert') !== Object.hasOwn(tls, 'key')) {
    reader.problem(path, 'a client certificate needs both "cert" and "key"', 'key');
  }
  if (insecure) {
    reader.warning([...path, 'insecure'], 'anyone in between can read and answer in the name of the server');
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: new Secret(key) }),
    ...(insecure && { insecure }),
  };
}

const pemStart = '-----BEGIN';
