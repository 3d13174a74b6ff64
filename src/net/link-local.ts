import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The code of the error with which an address is refused. */
export const linkLocalCode = 'LINK_LOCAL';

/** What a refusal tells the operator. */
export const linkLocalDetail = 'a link-local address, where clouds keep credentials: see allow_link_local';

const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('fe80::', 10, 'ipv6');
// The metadata services that are not at a link-local address: AWS and Google over IPv6, Alibaba and Oracle over IPv4.
refused.addAddress('fd00:ec2::254', 'ipv6');
refused.addAddress('fd20:ce::254', 'ipv6');
refused.addAddress('100.100.100.200', 'ipv4');
refused.addAddress('192.0.0.192', 'ipv4');
// The first of them as NAT64 writes it.
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

/** True for the text of an address, in the brackets of a URL or without, that is link-local or a cloud's metadata service. */
export function isLinkLocal(host: string): boolean {
  const address = host.startsWith('[') ? host.slice(1, -1) : host;
  const family = isIP(address);
  return family !== 0 && refused.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Throws with {@link linkLocalCode} for such an address: those are connected to without being looked up. */
export function refuseLinkLocal(host: string): void {
  if (isLinkLocal(host)) throw linkLocalError();
}

/** `dns.lookup` that fails with {@link linkLocalCode} for a name one of whose addresses is link-local. */
export const guardedLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, options, (error, address, family) => {
    const found = error === null ? [address].flat().map((one) => (typeof one === 'string' ? one : one.address)) : [];
    done(found.some(isLinkLocal) ? linkLocalError() : error, address, family);
  });
};

function linkLocalError(): Error {
  return Object.assign(new Error(linkLocalDetail), { code: linkLocalCode });
}
