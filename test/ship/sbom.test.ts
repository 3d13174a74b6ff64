import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildSync } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

interface Bill {
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
    readonly licenses: readonly unknown[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const text = (): string =>
  execFileSync(process.execPath, [join(root, 'test', 'tools', 'sbom.ts')], { encoding: 'utf8' });
const bill = JSON.parse(text()) as Bill;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test('the bill of materials says the same every time', () => {
  assert.equal(text(), text());
  assert.doesNotMatch(text(), /serialNumber|timestamp/);
});

test('it names what the bundle is made of, each with version, hash and licence', () => {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ['src/cli.ts'],
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const bundled = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/[^]*$/.exec(path)?.[1] ?? []),
  );
  const named = new Set(bill.components.map(({ name }) => name));
  assert.deepEqual(
    [...bundled].filter((name) => !named.has(name)),
    [],
    'bundled, but not in the bill of materials',
  );
  for (const name of Object.keys(manifest.dependencies)) assert.ok(named.has(name), name);
  for (const name of Object.keys(manifest.devDependencies)) assert.ok(!named.has(name), name);
  for (const { name, version, purl, hashes, licenses } of bill.components) {
    const installed = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
      version: string;
    };
    assert.equal(version, installed.version, name);
    assert.equal(purl, `pkg:npm/${name.replace('@', '%40')}@${version}`);
    assert.match(hashes[0]?.content ?? '', /^[0-9a-f]{128}$/, name);
    assert.equal(licenses.length, 1, name);
  }
});

test('its dependencies lead from the program to every component', () => {
  const edges = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  assert.equal(edges.size, bill.components.length + 1);
  const reached = new Set<string>();
  const waiting = [`${manifest.name}@${manifest.version}`];
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    if (reached.has(ref)) continue;
    reached.add(ref);
    waiting.push(...(edges.get(ref) ?? []));
  }
  for (const { 'bom-ref': ref } of bill.components) assert.ok(reached.has(ref), ref);
});
