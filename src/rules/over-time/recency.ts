/** Numbers from 1 to 65,535 in the order of their last touch: each knows its neighbours, so that a touch costs the same however many there are. */
export class Recency {
  // Place 0 stands between the newest and the oldest.
  #older = new Uint16Array(firstRoom);
  #newer = new Uint16Array(firstRoom);

  /** Puts a number that is not in the order at its end. */
  add(number: number): void {
    while (number >= this.#older.length) {
      this.#older = twiceAsLong(this.#older);
      this.#newer = twiceAsLong(this.#newer);
    }
    const newest = this.#older[0] ?? 0;
    this.#older[number] = newest;
    this.#newer[newest] = number;
    this.#newer[number] = 0;
    this.#older[0] = number;
  }

  /** Moves a number that is in the order to its end. */
  touch(number: number): void {
    if (this.#older[0] === number) return;
    this.remove(number);
    this.add(number);
  }

  remove(number: number): void {
    const older = this.#older[number] ?? 0;
    const newer = this.#newer[number] ?? 0;
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  /** The one that was not touched for longest; 0 when there is none. */
  oldest(): number {
    return this.#newer[0] ?? 0;
  }
}

const firstRoom = 16;

/** The same numbers with room for as many more. */
export function twiceAsLong(list: Uint16Array): Uint16Array<ArrayBuffer> {
  const longer = new Uint16Array(list.length * 2);
  longer.set(list);
  return longer;
}
