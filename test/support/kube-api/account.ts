import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeApi } from './server.ts';

/** Writes the folder that the kubelet mounts into a pod, with a token that the server accepts. */
export function writeAccount(folder: string, api: KubeApi, ca: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.crt'), ca);
  writeFileSync(join(folder, 'namespace'), api.cluster.namespace);
  rotateToken(folder, api);
  return folder;
}

/** A new token takes the place of all others, as it does before the old one ends. */
export function rotateToken(folder: string, api: KubeApi): void {
  const token = `token-${api.requests.length}-${api.tokens.size + 1}`;
  api.tokens.clear();
  api.tokens.add(token);
  writeFileSync(join(folder, 'token'), `${token}\n`);
}
