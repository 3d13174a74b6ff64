import type { Delivery } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import { InvariantError } from '../core/errors.ts';
import { readKey } from '../redact/pseudonym-key.ts';
import { createPseudonyms, type Pseudonyms } from '../redact/pseudonym.ts';
import type { PseudonymizeConfig, ViewOptions } from '../redact/view/options.ts';
import { createView, type View } from '../redact/view/view.ts';
import type { Destination } from './destination.ts';

/** The same destination, given every event as its view shows it: what it sends is made from nothing else. */
export function viewed(
  destination: Destination,
  options: ViewOptions,
  pseudonymize: PseudonymizeConfig | undefined,
): Destination {
  const view = createView(options, pseudonymize && pseudonymsOf(pseudonymize));
  return {
    send: (batch, signal) =>
      destination.send(
        batch.map((delivery) => viewedDelivery(delivery, view)),
        signal,
      ),
    close: () => destination.close(),
  };
}

/** The pseudonyms by the keys of a checked configuration. */
export function pseudonymsOf({ key, previous }: PseudonymizeConfig): Pseudonyms {
  return createPseudonyms({
    current: currentKey({ key }),
    previous: previous.map((one) => ({
      bytes: bytesOf(one.key.reveal()),
      untilMs: one.until === undefined ? undefined : Date.parse(one.until),
    })),
  });
}

/** The key that pseudonyms are made with now. */
export function currentKey({ key }: Pick<PseudonymizeConfig, 'key'>): Uint8Array {
  return bytesOf(key.reveal());
}

function bytesOf(text: string): Uint8Array {
  const key = readKey(text);
  if (typeof key === 'string') throw new InvariantError('a pseudonym key that was not checked');
  return key;
}

/** Made when it is asked for: not everybody reads both the event and its bytes. */
function viewedDelivery(delivery: Delivery, view: View): Delivery {
  const { key, rule, severity, attempts, at } = delivery;
  let event: SafeEvent | undefined;
  let bytes: Uint8Array | undefined;
  const seen = (): SafeEvent => (event ??= view.apply(delivery.event));
  return {
    key,
    get event() {
      return seen();
    },
    get bytes() {
      // What it sees all of goes out as it is stored.
      const stored = seen() === delivery.event ? delivery.bytes : undefined;
      return (bytes ??= stored ?? Buffer.from(JSON.stringify(seen())));
    },
    ...(at !== undefined && { at }),
    rule,
    severity,
    attempts,
  };
}
