import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

// `node test/tools/scripts.ts <name>…`, from an npm script: runs other scripts of package.json, as many at a time as there are
// processors, in the order given. Each one's output is shown in one piece when it has ended; the exit code is 1 when one failed.

const root = join(import.meta.dirname, '..', '..');
const { scripts }: { scripts: { readonly [name: string]: string } } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

const waiting = process.argv.slice(2);
const unknown = waiting.filter((name) => !Object.hasOwn(scripts, name));
if (waiting.length === 0 || unknown.length > 0) throw new RangeError(`no such scripts: ${unknown.join(', ')}`);
const failed: string[] = [];
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (failed.length > 0) process.stderr.write(`failed: ${failed.map((name) => `npm run ${name}`).join(', ')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function work(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    // npm has put the programs of node_modules into the path.
    const child = spawn(scripts[name] ?? '', { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    process.stdout.write(out);
    process.stderr.write(err);
    if (child.exitCode !== 0) failed.push(name);
  }
}
