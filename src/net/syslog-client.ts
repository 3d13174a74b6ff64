import type { HttpFailure } from './http.ts';
import type { TlsOptions } from './tls.ts';

/** A syslog receiver. `timeoutMs` is for one batch as a whole, connecting included. */
export interface SyslogClientOptions {
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly timeoutMs: number;
  readonly tls: TlsOptions;
  /** As for HTTP. */
  readonly allowLinkLocal?: boolean | undefined;
  /** How long connecting may take. Default: 10 s. */
  readonly connectMsMax?: number;
}

/** The messages left this host and the receiver did not refuse them for as long as an answer takes. Syslog knows no more. */
export interface SyslogSent {
  readonly kind: 'sent';
}

export interface SyslogClient {
  /**
   * One attempt to hand over messages, each framed as the transport wants it; over UDP each is a datagram, otherwise several may
   * be in one piece. After a connection broke, whole pieces are sent again. Resolves in any case; aborting ends it and
   * its connection at once as a failure.
   */
  send(messages: readonly Uint8Array[], signal: AbortSignal): Promise<SyslogSent | HttpFailure>;
  close(): Promise<void>;
}
