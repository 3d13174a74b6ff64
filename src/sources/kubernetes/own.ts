import { readFile } from 'node:fs/promises';

/** The container that this process runs in, as the kubelet knows it. */
export interface OwnContainer {
  readonly podUid: string;
  readonly container: string;
}

/**
 * Where this process runs: the kubelet mounts `…/pods/<uid>/containers/<name>/<id>` into every container as its termination log.
 * Undefined outside of a pod. It is read so that herald never reads its own log, whatever its container is called.
 */
export async function findOwnContainer(): Promise<OwnContainer | undefined> {
  return parseMounts(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
}

/** Finds it in the text of a mountinfo file, of which the fourth field is the place in the file system that is mounted. */
export function parseMounts(mountinfo: string): OwnContainer | undefined {
  const match = /^(?:\S+ ){3}\S*\/pods\/([^/\s]+)\/containers\/([^/\s]+)\/[^/\s]+ /m.exec(mountinfo);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { podUid: match[1], container: match[2] };
}
