import type { Logger } from 'pino';
import type { Clock, Random } from '../../core/clock.ts';
import type { Json } from '../../core/json.ts';
import type { Api } from './api.ts';
import type { Commits } from './commits.ts';
import type { KubernetesConfig } from './config.ts';
import { ContainerLog } from './container.ts';
import { createFeed, type FeedControl } from './feed.ts';
import type { OwnContainer } from './own.ts';
import { createPatience } from './patience.ts';
import { beginning, type Progress } from './place.ts';
import type { Pod } from './pods.ts';
import { startsOf } from './starts.ts';
import { wantedOf, type Wanted } from './wanted.ts';
import type { PodListener } from './watch.ts';

export interface MembersDeps {
  readonly config: KubernetesConfig;
  readonly namespace: string;
  readonly own: OwnContainer | undefined;
  readonly checkpoints: ReadonlyMap<string, Json>;
  readonly api: Api;
  readonly commits: Commits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Name of the source. */
  readonly source: string;
  /** Told why the source as a whole must end. */
  readonly onFailure: (error: unknown) => void;
  readonly drain: AbortSignal;
  readonly stop: AbortSignal;
}

/** The containers that are being read, kept in step with the pods that there are. */
export interface Members extends PodListener {
  /** Resolves when none is read any more. */
  ended(): Promise<void>;
}

interface Member {
  readonly podUid: string;
  readonly feed: FeedControl;
  readonly done: Promise<void>;
}

/** A container that was not there before is read whole, with the instances before its last restart. */
const whole: Progress = { restarts: 0, place: beginning };

export function createMembers(deps: MembersDeps): Members {
  const { config, own, commits, log, onFailure } = deps;
  const members = new Map<string, Member>();
  const access = { isProven: false };
  /** Where those of the first list start. */
  let starts: ReadonlyMap<string, Progress> | undefined;

  return {
    listed(pods) {
      starts ??= enlist(pods);
      const uids = new Set(pods.map(({ uid }) => uid));
      for (const { podUid, feed } of members.values()) if (!uids.has(podUid)) feed.leave();
      for (const pod of pods) changed(pod);
    },
    changed,
    gone(uid) {
      for (const { podUid, feed } of members.values()) if (podUid === uid) feed.leave();
    },
    async ended() {
      // One that was taken up again begins when the one before has ended.
      while (members.size > 0) await Promise.all([...members.values()].map(({ done }) => done));
    },
  };

  function enlist(pods: readonly Pod[]): ReadonlyMap<string, Progress> {
    const found = pods.flatMap((pod) => wantedOf(pod, config.containers, own));
    const { progress, checkpoints, gone } = startsOf(found, deps);
    void commits.add(checkpoints);
    if (gone.length > 0) log.info({ gone }, 'these are gone with the rest of their logs');
    if (found.length === 0)
      log.warn(
        { containers: config.containers, pods: pods.length },
        'no container to read yet; one that appears is read at once',
      );
    return progress;
  }

  function changed(pod: Pod): void {
    for (const wanted of wantedOf(pod, config.containers, own)) {
      const member = members.get(wanted.key);
      if (member === undefined) take(wanted, starts?.get(wanted.key) ?? whole, Promise.resolve());
      else if (member.feed.isGone) take(wanted, whole, member.done);
      else member.feed.update(wanted.status);
    }
  }

  function take({ key, pod, status }: Wanted, progress: Progress, before: Promise<void>): void {
    const { config: options, namespace, clock, random, drain, stop } = deps;
    const feed = createFeed(status, clock);
    const container = status.name;
    const about = { pod: pod.name, container };
    const target = {
      namespace,
      pod: pod.name,
      container,
      key,
      maxLineBytes: options.max_line,
      lookalikes: options.invalid_identifier,
    };
    const patience = createPatience(random, log, about);
    const reader = new ContainerLog(target, progress, feed, { ...deps, patience, access });
    const run = async (): Promise<void> => {
      await before;
      log.info(about, 'reading');
      await reader.run(drain, stop);
      if (feed.isGone) log.info(about, 'the pod is gone');
    };
    const done = run()
      .catch(onFailure)
      .finally(() => {
        feed.close();
        if (members.get(key)?.feed === feed) members.delete(key);
      });
    members.set(key, { podUid: pod.uid, feed, done });
  }
}
