import { BlockList, isIP } from 'node:net';

/** Where the HTTP server listens. An empty host means every address. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Reads `127.0.0.1:9380`, `[::1]:9380`, `localhost:9380` or `:9380`; undefined when the text is none of these. */
export function parseListen(text: string): Listen | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, v6, name = '', digits] = match;
  const port = Number(digits);
  if (port > 65_535 || (v6 !== undefined && isIP(v6) !== 6)) return undefined;
  return { host: v6 ?? name, port };
}

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
