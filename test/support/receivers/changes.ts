/** Lets others wait for what a receiver has seen. */
export interface Changes {
  /** Something has changed: those who wait look again. */
  readonly change: () => void;
  /** Resolves when the condition holds, which is looked at after every change. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

export function createChanges(): Changes {
  let changed = Promise.withResolvers<void>();
  return {
    change() {
      changed.resolve();
      changed = Promise.withResolvers<void>();
    },
    async until(condition) {
      while (!condition()) await changed.promise;
    },
  };
}
