import { ConfigError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import type { Config, Kinds, Surroundings } from './config.ts';
import { readDestinations } from './destinations.ts';
import { fingerprint } from './fingerprint.ts';
import { readIncludes } from './include.ts';
import { createReader, type Reader } from './reader.ts';
import { createReport } from './report.ts';
import { readRules, warnUnused } from './rules.ts';
import { sectionNames } from './schema.ts';
import { readInstance, readAuthentikUrl, readJournal, readLog, readRedact, readServer } from './sections.ts';
import { readSources } from './sources.ts';
import { didYouMean } from '../core/suggest.ts';
import { readPseudonymize } from './views.ts';
import { parseYaml } from './yaml.ts';

/**
 * Reads a configuration. Opens nothing but the files that it refers to.
 * Throws {@link ConfigError} with every problem at once, each with its place; no message contains a secret.
 */
export function loadConfig(text: string, file: string, surroundings: Surroundings, kinds: Kinds): Config {
  const report = createReport(file);
  const tree = parseYaml(text, surroundings, report);
  if (tree === undefined) throw new ConfigError(report.problems);
  const reader = createReader(tree, report);
  const sections = readTop(tree.value, reader);
  const redact = readRedact(sections.get('redact'), reader);
  const destinations = readDestinations(
    sections.get('destinations'),
    kinds.destinations,
    readPseudonymize(sections.get('redact'), redact.pseudonymize, reader),
    reader,
    surroundings.readFile,
  );
  const included = readIncludes(sections.get('include'), file, surroundings, reader);
  const { rules, silences } = readRules(
    { rules: sections.get('rules'), silences: sections.get('silences'), included: included.rules },
    namesOf(sections.get('destinations')),
    reader,
  );
  const config = {
    file,
    instance: readInstance(sections.get('instance'), surroundings.hostname, reader),
    authentikUrl: readAuthentikUrl(sections.get('authentik_url'), reader),
    sources: readSources(sections.get('sources'), kinds.sources, reader),
    redact,
    journal: readJournal(sections.get('journal'), reader),
    rules,
    silences,
    destinations,
    server: readServer(sections.get('server'), reader),
    log: readLog(sections.get('log'), reader),
    fixed: new Map(['journal', 'server', 'log'].map((name) => [name, fingerprint(sections.get(name))])),
  };
  const written = sections.get('rules');
  const all = [...(Array.isArray(written) ? written : []), ...included.rules.map(({ value }) => value)];
  warnUnused(all, destinations.keys(), reader);
  const reports = [report, ...included.reports];
  const problems = reports.flatMap((one) => one.problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...config, warnings: reports.flatMap((one) => one.warnings) };
}

/** The sections by name; keys that are none are reported. */
function readTop(value: unknown, reader: Reader): ReadonlyMap<string, unknown> {
  if (value === null) {
    reader.problem([], 'the file is empty ("herald example" prints one to start from)');
    return new Map();
  }
  if (!isObject(value)) {
    reader.problem([], 'expected a mapping with "sources", "rules" and "destinations"');
    return new Map();
  }
  for (const key of Object.keys(value)) {
    if (sectionNames.includes(key)) continue;
    const hint = didYouMean(key, sectionNames);
    reader.problem([key], `unknown key${hint === '' ? `; known here: ${sectionNames.join(', ')}` : hint}`, 'key');
  }
  return new Map(Object.entries(value));
}

function namesOf(destinations: unknown): readonly string[] {
  return isObject(destinations) ? Object.keys(destinations) : [];
}
