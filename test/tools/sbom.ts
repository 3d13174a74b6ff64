import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Prints the bill of materials of the bundle: CycloneDX, made from the lock file alone, so that the same lock file gives the same
// bytes. What is for development or optional is not in the bundle. `npm sbom` does not do: it leaves out packages that a
// development dependency asks for too, and its output has the time and a random number in it.

interface Package {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, Package & { readonly name?: string }>>;
}

const root = join(import.meta.dirname, '..', '..');

process.stdout.write(bill(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock));

function bill({ packages }: Lock): string {
  const { '': self, ...others } = packages;
  if (self?.name === undefined) throw new Error('package-lock.json does not name the project');
  const shipped = Object.entries(others).filter(
    ([, { dev, optional, devOptional }]) => dev !== true && optional !== true && devOptional !== true,
  );
  const refs = new Map(shipped.map(([path, { version }]) => [path, `${nameOf(path)}@${version}`]));
  const own = `${self.name}@${self.version}`;
  const dependsOn = (path: string, { dependencies = {} }: Package): readonly string[] =>
    Object.keys(dependencies).flatMap((name) => refs.get(resolved(name, path, packages)) ?? []);
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', ...component(self.name, own, self) } },
    components: shipped.map(([path, found]) => ({
      type: 'library',
      ...component(nameOf(path), refs.get(path) ?? '', found),
    })),
    dependencies: [
      { ref: own, dependsOn: dependsOn('', self) },
      ...shipped.map(([path, found]) => ({ ref: refs.get(path), dependsOn: dependsOn(path, found) })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function component(name: string, ref: string, { version, integrity, license }: Package): object {
  const digest = /^sha512-(.+)$/.exec(integrity ?? '')?.[1];
  return {
    'bom-ref': ref,
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(digest !== undefined && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    }),
    ...(license !== undefined && {
      licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }],
    }),
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Where Node.js finds a package from inside another: in its own folder, then further up. */
function resolved(name: string, from: string, packages: Lock['packages']): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(packages, path) || folder === '') return path;
  }
}
