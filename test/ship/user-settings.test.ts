import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../support/daemon.ts';

const hook = join(import.meta.dirname, '..', '..', 'examples', 'user_settings.py');
const missing = spawnSync('python3', ['--version']).status === 0 ? undefined : 'python3 is not installed';
if (missing !== undefined) process.stderr.write(`SKIPPED: examples/user_settings.py is not run: ${missing}\n`);

/** The part of authentik that the hook builds on, with the names and the shape of its own. */
const standIn = `
import json, logging
class Json(logging.Formatter):
    def format(self, record):
        return json.dumps({"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}, sort_keys=True)
def get_logger_config():
    loggers = {name: {"handlers": ["console"], "level": "INFO", "propagate": False} for name in ("", "authentik", "django")}
    return {"version": 1, "disable_existing_loggers": False, "formatters": {"json": {"()": Json}},
            "handlers": {"console": {"level": "DEBUG", "class": "logging.StreamHandler", "formatter": "json"}}, "loggers": loggers}
`;

/** What authentik does with the settings; then events and other lines from several processes at once. */
const authentik = `
import importlib, logging, logging.config, multiprocessing, sys
# As authentik's own processes come to be; from Python 3.14 on it is not the default.
multiprocessing.set_start_method("fork")
settings = importlib.import_module("data.user_settings")
settings.HeraldFileHandler.bytes_max = int(sys.argv[1])
logging.config.dictConfig(settings.LOGGING)
def work(process):
    for line in range(int(sys.argv[2])):
        logging.getLogger("authentik.events.models").info("%s-%s %s", process, line, "x" * 500)
        logging.getLogger("authentik.asgi").info("another line")
processes = [multiprocessing.Process(target=work, args=(number,)) for number in range(4)]
for process in processes: process.start()
for process in processes: process.join()
`;

describe('the hook for authentik’s settings', { skip: missing === undefined ? false : `skipped: ${missing}` }, () => {
  const lines = 200;

  test('writes every event of all processes whole and once, also when the file is renamed meanwhile', async (context) => {
    const folder = install(temporaryFolder(context));
    // Full after about three of four parts: renamed exactly once.
    const { code, printed } = await run(folder, 350_000, join(folder, 'authentik.log'));
    assert.equal(code, 0, printed);
    const written = ['authentik.log.1', 'authentik.log'].flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; logger: string });
    });
    assert.deepEqual(new Set(written.map(({ logger }) => logger)), new Set(['authentik.events.models']));
    const serials = written.map(({ event }) => event.split(' ')[0] ?? '');
    assert.equal(serials.length, 4 * lines);
    assert.equal(new Set(serials).size, 4 * lines);
    assert.equal(printed.match(/"another line"/g)?.length, 4 * lines);
    assert.equal(printed.match(/"authentik\.events\.models"/g)?.length, 4 * lines);
  });

  test('leaves authentik alone when there is nowhere to write', async (context) => {
    const folder = install(temporaryFolder(context));
    const { code, printed } = await run(folder, 350_000, join(folder, 'no', 'such', 'folder.log'));
    assert.equal(code, 0, printed);
    assert.equal(printed.match(/"another line"/g)?.length, 4 * lines);
    assert.ok(!existsSync(join(folder, 'no')));
  });

  async function run(folder: string, bytesMax: number, log: string): Promise<{ code: number | null; printed: string }> {
    const child = spawn('python3', ['-c', authentik, String(bytesMax), String(lines)], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PYTHONPATH: folder, HERALD_LOG: log },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, printed };
  }
});

function install(folder: string): string {
  for (const path of ['authentik/lib', 'data']) {
    mkdirSync(join(folder, path), { recursive: true });
    for (let part = path; part !== '.' && part !== ''; part = part.split('/').slice(0, -1).join('/'))
      writeFileSync(join(folder, part, '__init__.py'), '');
  }
  writeFileSync(join(folder, 'authentik', 'lib', 'logging.py'), standIn);
  copyFileSync(hook, join(folder, 'data', 'user_settings.py'));
  return folder;
}
