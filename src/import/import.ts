import { readBlueprint } from './blueprint/entries.ts';
import { parseBlueprint } from './blueprint/parse.ts';
import { walk, type Raw } from './blueprint/raw.ts';
import { Refusal } from './blueprint/refusal.ts';
import { createDestinations } from './convert/destinations.ts';
import { nameOf, unresolvedLabel } from './convert/labels.ts';
import { uniqueName } from './convert/names.ts';
import { convertRule, type RuleDraft } from './convert/rules.ts';
import { createFindings, type Finding, type Findings, type Place } from './findings.ts';
import { collectObjects, models, type Objects } from './objects.ts';
import { writeConfig } from './write.ts';

/** A blueprint's name, for messages, and its text. */
export interface BlueprintFile {
  readonly name: string;
  readonly text: string;
}

/** What `!Env` and `!File` may reach; undefined where they are not allowed. */
export interface ImportOptions {
  readonly env: ((name: string) => string | undefined) | undefined;
  readonly file: ((path: string) => string | undefined) | undefined;
}

/** A configuration made from blueprints with a report, or why they are refused as a whole. */
export type Imported =
  | {
      readonly ok: true;
      /** The configuration as YAML. */
      readonly text: string;
      readonly rules: number;
      readonly destinations: number;
      readonly findings: readonly Finding[];
    }
  | { readonly ok: false; readonly problems: readonly { readonly at: Place; readonly message: string }[] };

/**
 * Makes a configuration of authentik's blueprints: its notification rules with what is bound to them, and its transports.
 * A rule of it fires where authentik's does, or less often where something could not be carried over, which the findings say.
 */
export function importBlueprints(files: readonly BlueprintFile[], options: ImportOptions): Imported {
  try {
    const raws = files.map(({ name, text }) => parseBlueprint(text, name));
    const problems = raws.flatMap((raw) => forbidden(raw, options));
    if (problems.length > 0) return { ok: false, problems };
    return convert(raws, options);
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problems: [{ at: error.at, message: error.message }] };
    throw error;
  }
}

function convert(raws: readonly Raw[], { env, file }: ImportOptions): Imported {
  const findings = createFindings();
  const outside = { env: env ?? (() => undefined), file: file ?? (() => undefined) };
  const objects = collectObjects(raws.map(readBlueprint), outside);
  const destinations = createDestinations(objects, findings);
  const names = new Set<string>();
  const rules = objects.of(models.rule).map((rule): RuleDraft => {
    const draft = convertRule(rule, objects, destinations, findings);
    return { ...draft, name: uniqueName(draft.name, names) };
  });
  noteRest(objects, findings);
  return {
    ok: true,
    text: writeConfig(rules, destinations.all),
    rules: rules.length,
    destinations: destinations.all.length,
    findings: findings.all,
  };
}

/** Tags that reach out of the file, where the user did not allow it: they may read secrets. */
function forbidden(raw: Raw, { env, file }: ImportOptions) {
  return [...walk(raw)].flatMap((item) => {
    if (item.kind !== 'tag') return [];
    if (item.tag === '!Env' && env === undefined)
      return [{ at: item.at, message: '!Env reads the environment: allow it with --allow-env' }];
    if (item.tag === '!File' && file === undefined)
      return [{ at: item.at, message: '!File reads a file: allow it with --allow-file' }];
    return [];
  });
}

function noteRest(objects: Objects, findings: Findings): void {
  const used = objects.of(models.rule).flatMap(({ fields }) => {
    const list = fields.get('transports');
    return list?.kind === 'list' ? list.items.map((reference) => objects.target(reference)) : [];
  });
  for (const transport of objects.of(models.transport)) {
    if (used.some((target) => target.kind === 'object' && target.object === transport)) continue;
    findings.note(transport.at, `transport ${JSON.stringify(nameOf(transport))} is left out: no rule sends to it`);
  }
  for (const binding of objects.of(models.binding)) {
    const target = objects.target(binding.fields.get('target'));
    // Bindings to other objects, as flows, are no business of notifications.
    if (target.kind !== 'unknown' || target.reference.kind !== 'find') continue;
    if (target.reference.model !== models.rule) continue;
    findings.lost(binding.at, `a binding not carried over: ${unresolvedLabel(target.reference)} is not in these files`);
  }
  for (const policy of [...objects.of(models.matcher), ...objects.of(models.expression)]) {
    const logging = policy.fields.get('execution_logging');
    if (logging?.kind === 'value' && logging.value === true) {
      findings.note(
        logging.at,
        'execution_logging has no counterpart: herald explain shows what each policy says about an event',
      );
    }
  }
}
