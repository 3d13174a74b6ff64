import { isIPv4, isIPv6 } from 'node:net';
import type { Place } from './known.ts';

/** Bits that are left of an address whose host part is cut off, as web analytics and regulators do it. */
const networkBits = { v4: 24, v6: 48 } as const;

/**
 * An address in the one form that stands for all its spellings: IPv4 without leading zeros; IPv6 in full lower-case groups, without a
 * zone; IPv4 that was mapped into IPv6 as IPv4. Undefined for what is no address.
 */
export function canonicalAddress(text: string): string | undefined {
  const v4 = text.replaceAll(/(?<!\d)0{1,2}(?=\d)/g, '');
  if (isIPv4(v4)) return v4;
  const groups = groupsOf(text);
  return groups === undefined ? undefined : (mappedV4(groups) ?? groups.map((group) => group.toString(16)).join(':'));
}

/** The network of an address: `203.0.113.0/24`, `2001:db8:1::/48`. Undefined for what is no address. */
export function networkOf(text: string): string | undefined {
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/${networkBits.v4}`;
  const [a = '', b = '', c = ''] = address.split(':');
  const kept = c !== '0' ? [a, b, c] : b !== '0' ? [a, b] : a !== '0' ? [a] : [];
  return `${kept.join(':')}::/${networkBits.v6}`;
}

/** Whether what stands before the length of a network is one that {@link networkOf} could show: wide, and no host in it. */
function isWide(address: string, bits: number | undefined): boolean {
  const short = isIPv4(address);
  if (bits === undefined || bits > (short ? networkBits.v4 : networkBits.v6)) return false;
  const groups = short ? address.split('.').map(Number) : numbers(address);
  const size = short ? 8 : 16;
  // Of each group the bits that belong to the host.
  return groups.every((group, at) => (group & ((1 << Math.min(size, Math.max(0, (at + 1) * size - bits))) - 1)) === 0);
}

// Four numbers that are not a part of more, or groups with colons between them and perhaps a zone; the length of a network may follow.
// Behind eight groups a port may stand.
const v4 = String.raw`(?<!\d|\d\.)\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)`;
const v6 = String.raw`(?<![\da-f]|[\da-f:]:)(?:(?:[\da-f]{1,4}:){7}[\da-f]{1,4}(?=:\d{1,5}(?![\da-f:]))|(?:::|[\da-f]{1,4}:)(?:[\da-f]{0,4}:){0,6}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4})(?:%[\w.-]{1,16})?(?![\da-f]|:[\da-f:]))`;
const bitsBehind = String.raw`(?:\/(\d{1,3})(?!\d))?`;
const anyAddress = new RegExp(`(?:${v6}|${v4})${bitsBehind}`, 'gi');
// Nearly all texts that come here have no colons to look at, which makes this one the faster by far.
const v4Only = new RegExp(v4 + bitsBehind, 'g');
/** Clouds call machines so. */
const hostName = /(?<![a-z\d])(?:ip|ec2)-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})(?!-?\d)/gi;
const colons = /:[\da-fA-F]{0,4}:/;
const dots = /\d\.\d{1,3}\.\d/;
const dashes = /(?:ip|ec2)-\d/i;
/** `Chrome/126.0.0.0` is a version. */
const product = /[A-Za-z]\/$/;

/** False for nearly all texts: nothing in them looks like an address. */
export function mayHoldAddress(text: string): boolean {
  return dots.test(text) || colons.test(text) || dashes.test(text);
}

/** All addresses in a text but for networks that are wide enough to be shown. In a user agent, `Name/1.2.3.4` is a version. */
export function addressesIn(text: string, userAgent: boolean): readonly Place[] {
  const hits: Place[] = [];
  for (const match of text.matchAll(colons.test(text) ? anyAddress : v4Only)) {
    // A colon behind it belongs to the sentence.
    const whole = /[^:]:$/.test(match[0]) ? match[0].slice(0, -1) : match[0];
    const bits = match[1] === undefined ? undefined : Number(match[1]);
    const address = bits === undefined ? whole : whole.slice(0, whole.lastIndexOf('/'));
    const end = match.index + whole.length;
    const found = canonicalAddress(address);
    if (found === undefined || isWide(found, bits) || !isApart(address, text, match.index, end)) continue;
    if (userAgent && product.test(text.slice(Math.max(0, match.index - 2), match.index))) continue;
    hits.push({ start: match.index, end, identity: 'address', value: address });
  }
  for (const { 0: name, 1: a, 2: b, 3: c, 4: d, index } of dashes.test(text) ? text.matchAll(hostName) : []) {
    const value = [a, b, c, d].join('.');
    if (canonicalAddress(value) === undefined) continue;
    hits.push({ start: index, end: index + name.length, identity: 'address', value });
  }
  return hits;
}

/** Letters beside numbers with dots mean nothing; groups and colons beside one are as often names: `a::std`. */
function isApart(address: string, text: string, start: number, end: number): boolean {
  if (!address.includes(':') || !(/\w/.test(text.charAt(start - 1)) || /\w/.test(text.charAt(end)))) return true;
  return address.split(':').filter((group) => group !== '').length > 2 && /\d/.test(address);
}

/** The eight groups of an IPv6 address. */
function groupsOf(text: string): readonly number[] | undefined {
  const address = text.split('%', 1)[0] ?? '';
  if (!isIPv6(address)) return undefined;
  const v6 = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = '', tail] = v6.split('::');
  const before = numbers(head);
  if (tail === undefined) return before;
  const after = numbers(tail);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function numbers(part: string): readonly number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
}

function mappedV4(groups: readonly number[]): string | undefined {
  const [high = 0, low = 0] = groups.slice(6);
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
