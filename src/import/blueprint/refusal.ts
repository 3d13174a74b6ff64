import type { Place } from '../findings.ts';

/** Carries what is wrong with a blueprint out of the descent. */
export class Refusal extends Error {
  readonly at: Place;
  constructor(message: string, at: Place) {
    super(message);
    this.at = at;
  }
}

export function refuse(message: string, at: Place): never {
  throw new Refusal(message, at);
}
