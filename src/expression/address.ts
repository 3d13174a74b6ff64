import { BlockList, isIP, SocketAddress } from 'node:net';
import { memo } from './memo.ts';

/** An IP address. IPv4 written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address. A class, because CEL knows types by constructor. */
export class Address {
  /** In canonical spelling, without a zone. */
  readonly text: string;
  readonly family: 4 | 6;
  readonly socket: SocketAddress;
  constructor(socket: SocketAddress) {
    this.text = socket.address;
    this.family = socket.family === 'ipv4' ? 4 : 6;
    this.socket = socket;
  }
}

/** A range of addresses of one family. A class, because CEL knows types by constructor. */
export class Network {
  readonly text: string;
  readonly #family: 4 | 6;
  readonly #list = new BlockList();
  constructor(address: Address, prefix: number) {
    this.text = `${address.text}/${prefix}`;
    this.#family = address.family;
    this.#list.addSubnet(address.socket, prefix);
  }

  /** Whether the address is in the range; an IPv4 address is in no IPv6 range. */
  contains(address: Address): boolean {
    return address.family === this.#family && this.#list.check(address.socket);
  }
}

/** The address that a text spells, or undefined when it spells none. */
export const parseAddress: (text: string) => Address | undefined = memo(1000, (text) => {
  const version = isIP(text);
  if (version === 0) return undefined;
  const socket = new SocketAddress({ address: text, family: version === 4 ? 'ipv4' : 'ipv6' });
  const mapped = mappedV4(socket);
  return new Address(mapped === undefined ? socket : new SocketAddress({ address: mapped, family: 'ipv4' }));
});

/** The network that `10.0.0.0/8`, `2001:db8::/32` or a single address spells, or undefined when it spells none. */
export const parseNetwork: (text: string) => Network | undefined = memo(1000, (text) => {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  if (slash < 0) return new Network(address, bits);
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits)) return undefined;
  // `::ffff:10.0.0.0/104` counts its bits from the start of the IPv6 form.
  const prefix = Number(digits) - (address.family === 4 && text.includes(':') ? 96 : 0);
  return prefix < 0 || prefix > bits ? undefined : new Network(address, prefix);
});

function mappedV4(socket: SocketAddress): string | undefined {
  const { address } = socket;
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : undefined;
}

// Read when they are first asked about: Node's own pattern of an IPv6 address takes more than 10 ms to compile, a part of every start.
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
const loopbackNetworks = ['127.0.0.0/8', '::1'];

/** Whether the address is of a private network (RFC 1918, RFC 4193). */
export function isPrivate(address: Address): boolean {
  return privateNetworks.some((network) => parseNetwork(network)?.contains(address));
}

/** Whether the address is the machine's own (127.0.0.0/8, ::1). */
export function isLoopback(address: Address): boolean {
  return loopbackNetworks.some((network) => parseNetwork(network)?.contains(address));
}
