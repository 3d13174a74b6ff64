import type { Secret } from '../core/secret.ts';

/** TLS options of a destination: PEM texts, already read. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Secret;
  /** Do not check the server's certificate. */
  readonly insecure?: boolean;
}
