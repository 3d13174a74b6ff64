import { hash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** A string that never shows itself: logs, errors, JSON and templates all print `***`. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }

  /** The real value, for the one place that puts it on the wire. */
  reveal(): string {
    return this.#value;
  }

  /** Whether `text` is the value. How long that takes tells nothing of it. */
  is(text: string): boolean {
    return timingSafeEqual(hash('sha256', this.#value, 'buffer'), hash('sha256', text, 'buffer'));
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}
