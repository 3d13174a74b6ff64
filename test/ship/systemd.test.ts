import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { exitCodes } from '../../src/cli/exit.ts';
import { startLine } from '../support/bundle.ts';
import { temporaryFolder } from '../support/daemon.ts';

const unit = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'herald.service'), 'utf8');
const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

test('the unit starts the bundle with the options of its first line, and does not start again what cannot mend itself', () => {
  const { variables, options } = startLine();
  assert.ok(setting('ExecStart').startsWith(`/usr/bin/node ${options.join(' ')} /opt/herald/herald.cjs run `));
  assert.equal(setting('Environment'), variables.join(' '));
  assert.equal(setting('RestartPreventExitStatus'), `${exitCodes.usage} ${exitCodes.config}`);
  const grace = /--grace (\d+)s/.exec(setting('ExecStart'))?.[1];
  assert.ok(Number(grace) < Number.parseInt(setting('TimeoutStopSec'), 10));
});

const present = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!present)
  process.stderr.write('SKIPPED: systemd-analyze is not installed, so nobody checks examples/herald.service\n');

describe('systemd', { skip: present ? false : 'skipped: systemd-analyze is not installed' }, () => {
  test('knows every line of the unit, and rates its exposure below 2 of 10', (context) => {
    const path = join(temporaryFolder(context), 'herald.service');
    // It looks whether the program is there.
    writeFileSync(path, unit.replace('/usr/bin/node', process.execPath));
    const verified = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
    assert.equal(verified.status, 0, verified.stderr);
    assert.doesNotMatch(verified.stderr, /herald\.service/);
    const rated = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', '--no-pager', path], {
      encoding: 'utf8',
    });
    assert.equal(rated.status, 0, rated.stdout);
  });
});
