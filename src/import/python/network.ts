import { parseAddress } from '../../expression/address.ts';

/** Whether a network's address has bits set behind its prefix, which Python's `ip_network` refuses and herald does not. */
export function hasHostBits(network: string): boolean {
  const [text = '', digits] = network.split('/');
  const address = parseAddress(text);
  if (address === undefined || digits === undefined) return false;
  const groups = address.family === 4 ? address.text.split('.').map(Number) : ipv6Groups(address.text);
  const width = address.family === 4 ? 8 : 16;
  const bits = groups.map((group) => group.toString(2).padStart(width, '0')).join('');
  return bits.slice(Number(digits)).includes('1');
}

/** The eight groups of a canonical IPv6 address. */
function ipv6Groups(text: string): readonly number[] {
  const [head = '', tail] = text.split('::');
  const numbers = (part: string): readonly number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail ?? '')];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}
