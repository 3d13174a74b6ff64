import type { Json } from '../../core/json.ts';
import type { KubernetesConfig } from './config.ts';
import { beginning, readProgress, writeProgress, type Progress } from './place.ts';
import type { Wanted } from './wanted.ts';

/** Beside the checkpoints of the containers. As long as the selection stays the same, a container without a checkpoint is a new one. */
const selectionKey = 'selection';

/** Where the containers of the first list start. */
export interface Starts {
  readonly progress: ReadonlyMap<string, Progress>;
  /** To be kept before anything is read: those containers, the selection, and `null` for what is gone. */
  readonly checkpoints: ReadonlyMap<string, Json>;
  /** Keys of what was read before and is not there any more. */
  readonly gone: readonly string[];
}

/** Compares what is there with what the journal remembers. `start_at` counts at the first look at a selection only. */
export function startsOf(
  found: readonly Wanted[],
  {
    config,
    namespace,
    checkpoints,
  }: { config: KubernetesConfig; namespace: string; checkpoints: ReadonlyMap<string, Json> },
): Starts {
  const selection = JSON.stringify([namespace, config.selector ?? null, config.pod ?? null, config.containers]);
  const isKnown = checkpoints.get(selectionKey) === selection;
  const progress = new Map(
    found.map(({ key, status }) => {
      const { restarts, state } = status;
      const first: Progress = isKnown
        ? { restarts: 0, place: beginning }
        : config.start_at === 'end' && state !== 'waiting'
          ? { restarts, place: beginning, atEnd: true }
          : { restarts: Math.max(0, restarts - 1), place: beginning };
      return [key, readProgress(checkpoints.get(key)) ?? first];
    }),
  );
  const gone = [...checkpoints.keys()].filter((key) => key !== selectionKey && !progress.has(key));
  return {
    progress,
    gone,
    checkpoints: new Map<string, Json>([
      [selectionKey, selection],
      ...[...progress].map(([key, value]) => [key, writeProgress(value)] as const),
      ...gone.map((key) => [key, null] as const),
    ]),
  };
}
