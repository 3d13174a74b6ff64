import type { SafeEvent } from '../core/event.ts';
import { repairJson } from '../render/formats/json-text.ts';

/**
 * An event as the journal writes it: its JSON in UTF-8, made once for the disk and for whoever sends it as it is. The event itself can go
 * then: kept until its batch is written, objects would outlive V8's young generation.
 */
export class EncodedEvent {
  readonly id: string;
  /** The event's own time, ms. */
  readonly at: number;
  // Private, so that nothing passes for one that was not made of a SafeEvent.
  readonly #bytes: Buffer;

  constructor(event: SafeEvent) {
    this.id = event.id;
    this.at = event.at;
    this.#bytes = Buffer.from(repairJson(JSON.stringify(event)));
  }

  get bytes(): Buffer {
    return this.#bytes;
  }
}
