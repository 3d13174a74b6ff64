import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { hostname } from 'node:os';
import { Option } from 'commander';
import { kinds } from '../build.ts';
import type { Config, Surroundings } from '../config/config.ts';
import { createConfigFeed, type ConfigFeed } from '../config/feed.ts';
import { tryRead } from '../config/interpolate.ts';
import { loadConfig } from '../config/load.ts';
import type { Clock } from '../core/clock.ts';
import { ConfigError } from '../core/errors.ts';

/** `-c, --config`: the same for every command that needs a configuration. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'the configuration').env('HERALD_CONFIG').default('config.yaml');
}

/** Follows a configuration file and what it refers to. */
export function followConfig(file: string, clock: Clock): ConfigFeed {
  return createConfigFeed({ clock, readFile: readText, load: (readFile) => readConfig(file, readFile) });
}

/** Reads and checks a configuration file with this process's environment. Throws ConfigError, also when there is no such file. */
export function readConfig(file: string, readFile: Surroundings['readFile'] = readText): Config {
  const read = tryRead(file, readFile);
  if ('problem' in read) {
    const hint = existsSync(file) ? '' : ' ("herald example > config.yaml" writes one to start from)';
    const message = `the file ${read.problem}${hint}`;
    throw new ConfigError([{ file, line: 1, column: 1, path: '', message }]);
  }
  return loadConfig(read.text, file, { env: process.env, hostname: hostname(), readFile }, kinds);
}

const bytesMax = 1024 * 1024;
/** Most configurations and all secrets fit: their files are read every two seconds, and what that allocates is all there is at rest. */
const bytesFirst = 16 * 1024;

/** A file's text, cut one byte above a megabyte, so that the reader sees that it is too large. Throws on invalid UTF-8. */
function readText(path: string): string {
  const file = openSync(path, 'r');
  try {
    let buffer = Buffer.allocUnsafe(bytesFirst);
    let length = 0;
    for (let read = -1; read !== 0 && length <= bytesMax; length += read) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(length * 4, bytesMax + 1));
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    return new TextDecoder('utf-8', { fatal: length <= bytesMax }).decode(buffer.subarray(0, length));
  } finally {
    closeSync(file);
  }
}
