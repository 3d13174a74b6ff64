/** Something that runs until it is told to leave. */
export interface Member {
  readonly name: string;
  /** Another version under the same name takes the place of this one; the same version goes on undisturbed. */
  readonly version: string;
  /** Ends after {@link Member.finish} or {@link Member.leave}, or by itself. Never rejects. */
  run(): Promise<void>;
  /** Asks it to end when it has done what there is to do; it may be asked more than once, also before it runs. */
  finish(): void;
  /** Asks it to end soon, as above. */
  leave(): void;
}

/** Members that run side by side, each of which can be exchanged while the others go on. */
export interface Crew {
  /**
   * Makes the crew consist of these: who is missing leaves, who is new starts, and a new version starts as soon as the old one
   * has ended, so that two of one name never run at the same time. Changes nothing once {@link Crew.close} was called.
   */
  set(members: readonly Member[]): void;
  /** All finish, and nobody joins any more. */
  close(): void;
  /** All leave, and nobody joins any more. */
  cut(): void;
  /** Resolves when everybody has ended. */
  ended(): Promise<void>;
}

interface Place {
  readonly member: Member;
  readonly ended: Promise<void>;
  leaving: boolean;
}

export function createCrew(): Crew {
  /** The last one of each name, who may be leaving, or have ended by itself. */
  const places = new Map<string, Place>();
  /** Those under way, leavers among them. */
  const running = new Set<Promise<void>>();
  let closed = false;
  return { set, close, cut, ended };

  function set(members: readonly Member[]): void {
    if (closed) return;
    const wanted = new Map(members.map((member) => [member.name, member]));
    for (const [name, place] of places) {
      if (wanted.get(name)?.version === place.member.version || place.leaving) continue;
      place.leaving = true;
      place.member.leave();
    }
    for (const member of wanted.values()) {
      const before = places.get(member.name);
      if (before === undefined || before.leaving) join(member, before?.ended);
    }
  }

  function join(member: Member, before: Promise<void> | undefined): void {
    const ended = follow(member, before);
    const place = { member, ended, leaving: false };
    places.set(member.name, place);
    running.add(ended);
    void ended.then(() => {
      running.delete(ended);
      if (place.leaving && places.get(member.name) === place) places.delete(member.name);
    });
  }

  async function follow(member: Member, before: Promise<void> | undefined): Promise<void> {
    if (before !== undefined) await before;
    // Told to leave while it waited for its predecessor: its run ends at once, and what it holds is closed on that way.
    await member.run();
  }

  function close(): void {
    closed = true;
    for (const { member } of places.values()) member.finish();
  }

  function cut(): void {
    closed = true;
    for (const { member } of places.values()) member.leave();
  }

  async function ended(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }
}
