/** A value of an event that must not be seen, and what stands for it. */
export interface Known {
  readonly value: string;
  readonly standIn: string;
}
