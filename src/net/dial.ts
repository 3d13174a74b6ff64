import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { guardedLookup, refuseLinkLocal } from './link-local.ts';

/** Where to connect to. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  /** Addresses of {@link isLinkLocal} are fine. */
  readonly allowLinkLocal: boolean | undefined;
  /** Over TLS with these options, or not. */
  readonly tls: ConnectionOptions | undefined;
}

/** A socket that connects. Throws, or fails when it has looked the name up, where the address is one that is not allowed. */
export function dial({ host, port, allowLinkLocal, tls }: Dial): Socket {
  if (allowLinkLocal !== true) refuseLinkLocal(host);
  const target = { host, port, ...(allowLinkLocal !== true && { lookup: guardedLookup }) };
  return tls === undefined ? connectTcp(target) : connectTls({ ...tls, ...target });
}
