/** What a signal does once the program is ready for it. */
type OnSignal = (signal: NodeJS.Signals) => void;

const signals = ['SIGTERM', 'SIGINT'] as const;

/** The first that came while `herald run` was still loading or checking its configuration. */
let early: NodeJS.Signals | undefined;

/** A second one ends the process at once, as it does later. */
const keep: OnSignal = (signal) => {
  if (early !== undefined) process.exit(signal === 'SIGINT' ? 130 : 143);
  early = signal;
};

// The daemon loads for some tenths of a second. A SIGTERM then would end it without a word, and the first process of a container would
// not even hear it, because the kernel spares that one what it has no handler for: Kubernetes would wait for the whole grace period.
if (process.argv.slice(2).find((argument) => !argument.startsWith('-')) === 'run')
  for (const signal of signals) process.on(signal, keep);

/** From now on SIGTERM and SIGINT go to `onSignal`, also one that came before; until the returned function is called. */
export function takeSignals(onSignal: OnSignal): () => void {
  for (const signal of signals) {
    // In this order: with its last listener a signal goes that has come and waits for the event loop.
    process.on(signal, onSignal);
    process.off(signal, keep);
  }
  if (early !== undefined) onSignal(early);
  early = undefined;
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
