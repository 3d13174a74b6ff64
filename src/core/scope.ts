/** Things to undo at the end, in reverse order of their making. */
export interface Scope {
  /** Adds what is to be run at the close. */
  defer(undo: () => void | Promise<void>): void;
  /** Runs all, the newest first, each even when another fails; then rejects with the first failure. A second close does nothing. */
  close(): Promise<void>;
}

export function createScope(): Scope {
  const undos: (() => void | Promise<void>)[] = [];
  return {
    defer: (undo) => {
      undos.push(undo);
    },
    async close() {
      const failures: unknown[] = [];
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
        try {
          await undo();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
