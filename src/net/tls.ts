import type { ConnectionOptions } from 'node:tls';
import type { Secret } from '../core/secret.ts';

/** TLS options of a destination: PEM texts, already read. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Secret;
  /** Do not check the server's certificate. */
  readonly insecure?: boolean;
}

/** What Node's TLS is told: nothing older than 1.2, and certificates are checked unless that was turned off. */
export function secureOptions({ ca, cert, key, insecure }: TlsOptions): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: insecure !== true,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: key.reveal() }),
  };
}
