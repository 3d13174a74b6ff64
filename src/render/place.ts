import type { Event } from '../core/event.ts';

/** RFC 1918, loopback, link-local and their IPv6 counterparts. */
const privateAddress =
  /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** For a sentence: `203.0.113.7 (Berlin, DE)`, `10.20.0.14 (private network)` or `an unknown address`. */
export function address(event: Event): string {
  if (event.client_ip === undefined) return 'an unknown address';
  const where = city(event) ?? (privateAddress.test(event.client_ip) ? 'private network' : undefined);
  return where === undefined ? event.client_ip : `${event.client_ip} (${where})`;
}

/** ` from <address>`, or nothing for what no client asked for. */
export function fromAddress(event: Event): string {
  return event.client_ip === undefined && event.http === undefined ? '' : ` from ${address(event)}`;
}

/** `Berlin, DE`, `DE` or undefined. */
export function city({ geo }: Event): string | undefined {
  const parts = [geo?.city, geo?.country].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(', ') : undefined;
}

/** `AS64496 Example Net (203.0.113.0/24)`, as far as known. */
export function network({ asn }: Event): string | undefined {
  const name = [asn?.asn === undefined ? undefined : `AS${asn.asn}`, asn?.as_org].filter((part) => part !== undefined);
  if (asn?.network !== undefined) name.push(name.length > 0 ? `(${asn.network})` : asn.network);
  return name.length > 0 ? name.join(' ') : undefined;
}
