import { dirname, resolve } from 'node:path';
import { isObject } from '../core/json.ts';
import type { Infer, Schema } from '../core/schema.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Surroundings } from './config.ts';
import { tryRead } from './interpolate.ts';
import { createReader, type Reader } from './reader.ts';
import { createReport, type Report } from './report.ts';
import { load } from './value.ts';
import { parseYaml } from './yaml.ts';

const entrySchema = {
  type: 'object',
  required: ['file'],
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      description: 'A file with `rules`; the path starts at the folder of the configuration.',
    },
    destinations: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: 'Where its rules go that name no destinations.',
    },
    only: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: 'Names of rules. Default: all.',
    },
    except: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: 'Names of rules to leave out.',
    },
  },
} as const satisfies Schema;

/** The `include` list of the configuration. */
export const includeSchema = { type: 'array', items: entrySchema, default: [] } as const satisfies Schema;

type Entry = Infer<typeof entrySchema>;

/** A rule of an included file, as written, with the reader of that file and its place there. */
export interface IncludedRule {
  readonly value: unknown;
  readonly place: number;
  readonly reader: Reader;
}

export interface Included {
  readonly rules: readonly IncludedRule[];
  /** One per file: problems there name that file. */
  readonly reports: readonly Report[];
}

/** Reads the files that the configuration includes. What cannot be read is a problem of the configuration's own report. */
export function readIncludes(value: unknown, configFile: string, surroundings: Surroundings, reader: Reader): Included {
  if (value === undefined || value === null) return { rules: [], reports: [] };
  const checked = reader.check(includeSchema, value, ['include']);
  const entries = checked === undefined ? [] : load(includeSchema, checked);
  const rules: IncludedRule[] = [];
  const reports: Report[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = tryRead(resolve(dirname(configFile), entry.file), surroundings.readFile);
    if ('problem' in read) {
      reader.problem(['include', index, 'file'], read.problem);
      continue;
    }
    const report = createReport(entry.file);
    reports.push(report);
    const tree = parseYaml(read.text, surroundings, report);
    if (tree === undefined) continue;
    const own = createReader(tree, report);
    rules.push(...chosen(rulesIn(tree.value, own), entry, index, own, reader));
  }
  return { rules, reports };
}

function rulesIn(value: unknown, reader: Reader): readonly unknown[] {
  const rules = isObject(value) ? value['rules'] : undefined;
  if (!isObject(value) || !Array.isArray(rules)) {
    reader.problem([], 'an included file is a mapping with a list of "rules"');
    return [];
  }
  for (const key of Object.keys(value)) {
    if (key !== 'rules') reader.problem([key], 'only "rules" can be included', 'key');
  }
  return rules;
}

function chosen(
  values: readonly unknown[],
  { destinations, only, except }: Entry,
  index: number,
  own: Reader,
  reader: Reader,
): readonly IncludedRule[] {
  const names = values.map((value) => (isObject(value) && typeof value['name'] === 'string' ? value['name'] : ''));
  for (const [key, list] of Object.entries({ only, except })) {
    for (const [place, name] of list.entries()) {
      if (names.includes(name)) continue;
      reader.problem(['include', index, key, place], `the file has no such rule${didYouMean(name, names)}`);
    }
  }
  return values.flatMap((value, place) => {
    const name = names[place] ?? '';
    if ((only.length > 0 && !only.includes(name)) || except.includes(name)) return [];
    const filled = isObject(value) && !Object.hasOwn(value, 'destinations') ? { ...value, destinations } : value;
    return [{ value: filled, place, reader: own }];
  });
}
