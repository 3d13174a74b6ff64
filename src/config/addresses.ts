import { asText, get, type JsonObject } from '../core/json.ts';
import type { DestinationKind } from '../destinations/destination.ts';
import { isLinkLocal } from '../net/link-local.ts';
import { isLoopback } from './listen.ts';
import type { Path } from './path.ts';
import type { Reader } from './reader.ts';

/**
 * Looks at where a destination connects to, as far as the file says it: a link-local address is a problem unless it is allowed,
 * a plain one beyond this machine a warning. What a name stands for is seen when it is looked up.
 */
export function checkAddresses(
  kind: DestinationKind,
  checked: JsonObject,
  path: Path,
  allowLinkLocal: boolean,
  reader: Reader,
): void {
  // Beside an address, `host` is what an event is said to come from.
  const speaksHttp = Object.hasOwn(kind.schema.properties, 'url');
  for (const [key, field] of [...Object.entries(kind.schema.properties), ['proxy', { format: 'url' }] as const]) {
    const text = asText(get(checked, key));
    if (text === undefined) continue;
    const url = 'format' in field && field.format === 'url' ? new URL(text) : undefined;
    const host = key === 'host' && !speaksHttp ? text : url?.hostname;
    if (host === undefined) continue;
    if (!allowLinkLocal && isLinkLocal(host)) {
      reader.problem(
        [...path, key],
        'a link-local address, where clouds keep credentials: take another, or set "allow_link_local: true" if it is meant',
      );
    }
    // What goes through a proxy is encrypted from end to end.
    if (key !== 'proxy' && url?.protocol === 'http:' && !isLoopback(bare(host))) {
      reader.warning([...path, key], 'is not encrypted, so anyone in between can read and change it: write https://');
    }
  }
}

function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
