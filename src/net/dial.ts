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
  /** Default: {@link connectMsMaxDefault}. */
  readonly connectMsMax: number | undefined;
}

/** How long it may take until a connection stands, its handshake included: who does not answer by then will not. */
export const connectMsMaxDefault = 10_000;

/**
 * A socket that connects, and fails with ETIMEDOUT when it has not by then. Throws, or fails when it has looked the name up, where
 * the address is one that is not allowed.
 */
export function dial({ host, port, allowLinkLocal, tls, connectMsMax = connectMsMaxDefault }: Dial): Socket {
  if (allowLinkLocal !== true) refuseLinkLocal(host);
  const target = { host, port, ...(allowLinkLocal !== true && { lookup: guardedLookup }) };
  const socket = tls === undefined ? connectTcp(target) : connectTls({ ...tls, ...target });
  const giveUp = (): void => {
    socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
  };
  socket.setTimeout(connectMsMax, giveUp);
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    socket.removeListener('timeout', giveUp);
    socket.setTimeout(0);
  });
  return socket;
}
