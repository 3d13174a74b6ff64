import type { Clock } from '../core/clock.ts';
import { ConfigError } from '../core/errors.ts';
import type { Config, Surroundings } from './config.ts';
import { fingerprint } from './fingerprint.ts';
import { tryRead } from './interpolate.ts';

export interface FeedDeps {
  readonly clock: Clock;
  readonly readFile: Surroundings['readFile'];
  /** Loads the configuration with this reader of files. Throws {@link ConfigError}. */
  readonly load: (readFile: Surroundings['readFile']) => Config;
}

/** A configuration that is followed: its own file and every file that it refers to. */
export interface ConfigFeed {
  /** The configuration as it is now. Throws {@link ConfigError}. */
  load(): Config;
  /**
   * The next one, once a file's text differs from what was loaded last and stood still for one look; or what is wrong with it.
   * Undefined when the signal aborts.
   */
  next(signal: AbortSignal): Promise<Config | ConfigError | undefined>;
  /** Loads at once, changed or not. */
  poke(): void;
}

/**
 * How often the files are looked at. Reading them finds every way to change a file (a link that is turned elsewhere, as kubelet does
 * with a ConfigMap, a bind mount, a network file system), which notifications of the file system do not; it costs some 50 µs.
 */
const lookMs = 2000;

/** What is in each file, as a hash because it may be a secret; a file that cannot be read has its problem instead. */
type Contents = ReadonlyMap<string, string>;

export function createConfigFeed({ clock, readFile, load }: FeedDeps): ConfigFeed {
  let loaded: Contents = new Map();
  let poked = false;
  let sleeping: AbortController | undefined;
  return { load: loadNow, next, poke };

  function loadNow(): Config {
    const contents = new Map<string, string>();
    const recorded = (path: string): string => {
      const read = tryRead(path, readFile);
      contents.set(path, fingerprint(read));
      return 'text' in read ? read.text : readFile(path);
    };
    try {
      return load(recorded);
    } finally {
      // A file that a broken configuration does not name any more may be named again by the mended one.
      loaded = new Map([...look([...loaded.keys()]), ...contents]);
    }
  }

  async function next(signal: AbortSignal): Promise<Config | ConfigError | undefined> {
    let before = loaded;
    while (true) {
      await rest(signal);
      if (signal.aborted) return undefined;
      const now = look([...loaded.keys()]);
      // Half-written files are not taken: what is seen must be seen twice.
      const settled = !same(now, loaded) && same(now, before);
      before = now;
      if (settled || poked) return attempt();
    }
  }

  function attempt(): Config | ConfigError {
    poked = false;
    try {
      return loadNow();
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
  }

  function poke(): void {
    poked = true;
    sleeping?.abort();
  }

  async function rest(signal: AbortSignal): Promise<void> {
    if (poked) return;
    sleeping = new AbortController();
    const wake = (): void => sleeping?.abort();
    signal.addEventListener('abort', wake, { once: true });
    if (!signal.aborted) await clock.sleep(lookMs, sleeping.signal);
    signal.removeEventListener('abort', wake);
    sleeping = undefined;
  }

  function look(paths: readonly string[]): Contents {
    return new Map(paths.map((path) => [path, fingerprint(tryRead(path, readFile))]));
  }
}

function same(a: Contents, b: Contents): boolean {
  return a.size === b.size && [...a].every(([path, content]) => b.get(path) === content);
}
