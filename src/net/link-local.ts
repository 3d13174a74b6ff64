import { lookup } from 'node:dns';
import { BlockList, isIPv4, type LookupFunction } from 'node:net';
import { canonicalAddress } from '../redact/view/address.ts';

/** The code of the error with which an address is refused. */
export const linkLocalCode = 'LINK_LOCAL';

/** What a refusal tells the operator. */
export const linkLocalDetail = 'a link-local address, where clouds keep credentials: see allow_link_local';

const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('fe80::', 10, 'ipv6');
// The metadata services that are not at a link-local address.
for (const address of [
  '100.100.100.200', // Alibaba Cloud
  '168.63.129.16', // the host of a virtual machine at Azure, which gives its agent certificates
  '192.0.0.192', // Oracle Cloud Classic
])
  refused.addAddress(address, 'ipv4');
for (const address of [
  'fd00:ec2::254', // AWS
  'fd00:ec2::23', // AWS: the EKS Pod Identity Agent
  'fd20:ce::254', // Google Cloud
  'fd00:c1::a9fe:a9fe', // Oracle Cloud
  'fd00:42::42', // Scaleway
  'fd00:a9fe:a9fe::1', // Linode
  'fd00:100::100:200', // Alibaba Cloud
])
  refused.addAddress(address, 'ipv6');

/** True for the text of an address, in the brackets of a URL or without, that is link-local or a cloud's metadata service. */
export function isLinkLocal(host: string): boolean {
  const address = host.startsWith('[') ? host.slice(1, -1) : host;
  const whole = canonicalAddress(address);
  if (whole === undefined) return false;
  if (isIPv4(whole)) return refused.check(whole, 'ipv4');
  return refused.check(whole, 'ipv6') || embeddedIn(whole).some((inner) => refused.check(inner, 'ipv4'));
}

/** The IPv4 addresses that packets to an IPv6 address may be translated to; `address` in eight groups. */
function embeddedIn(address: string): readonly string[] {
  const bytes = address.split(':').flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  const at = (...places: readonly number[]): string => places.map((place) => bytes[place]).join('.');
  const last = at(12, 13, 14, 15);
  // IPv4-compatible, and translated as stateless translators do (RFC 2765).
  if (/^(?:0:){6}|^(?:0:){4}ffff:0:/.test(address)) return [last];
  if (address.startsWith('2002:')) return [at(2, 3, 4, 5)]; // 6to4 (RFC 3056)
  if (address.startsWith('64:ff9b:0:')) return [last]; // NAT64 (RFC 6052)
  // NAT64 of a network's own (RFC 8215): where the address is follows from the length of its prefix, byte 8 is left out.
  if (address.startsWith('64:ff9b:1:')) return [last, at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12)];
  return [];
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
