import type { Rule } from '../rule.ts';
import { createAbsence } from './absence.ts';
import { compileActive } from './active.ts';
import type { Condition } from './condition.ts';
import type { OverTimeConfig, SequenceConfig } from './config.ts';
import { createCourse, type Course, type HeldReason } from './course.ts';
import type { Gate } from './gate.ts';
import { createGroup } from './group.ts';
import { createHold } from './hold.ts';
import { all, type By, type KeyCompiler, type KeyPart } from './key.ts';
import { createNovelty } from './novelty.ts';
import { createSequence } from './sequence.ts';
import type { EventTitle } from './title.ts';
import { createTravel } from './travel.ts';
import { createWindow } from './window.ts';

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Compiles one step's policies as if they were a rule of their own; reports with a path inside the step. */
export type CompileStep = (step: SequenceConfig['steps'][number], problems: Problem[]) => Rule;

/** What is worked out once for all rules. */
export interface Shared {
  readonly keys: KeyCompiler;
  readonly eventTitle: EventTitle;
}

/** A rule's behaviour over several events; undefined for a rule that looks at one event at a time. */
export function compileCourse(
  config: OverTimeConfig,
  compileStep: CompileStep,
  { keys, eventTitle }: Shared,
  problems: Problem[],
): Course | undefined {
  const { active, absence, sequence } = config;
  const activeProblems: Problem[] = [];
  const read: KeyReader = {
    by: (sources, path) => keys.by(sources, (index, message) => problems.push({ path: [...path, index], message })),
    part: (source, path) => keys.part(source, (message) => problems.push({ path, message })),
  };
  const parts = {
    conditions: conditionsOf(config, read),
    sequence: sequence && sequenceOf(sequence, compileStep, read, eventTitle, problems),
    absence: absence && createAbsence(absence.of, absence.for),
    active: active && compileActive(active, activeProblems),
    gates: gatesOf(config, read, eventTitle),
  };
  for (const { path, message } of activeProblems) problems.push({ path: ['active', ...path], message });
  checkTogether(config, problems);
  const empty = parts.conditions.size + parts.gates.size === 0;
  return empty && sequence === undefined && absence === undefined && active === undefined
    ? undefined
    : createCourse(parts);
}

/** Compiles what events are told apart by; `path` is where it stands in the rule. */
interface KeyReader {
  by(sources: readonly string[], path: readonly string[]): By;
  part(source: string, path: readonly string[]): KeyPart | undefined;
}

function conditionsOf(config: OverTimeConfig, read: KeyReader): ReadonlyMap<string, Condition> {
  const out = new Map<string, Condition>();
  const { window, new: novelty, travel } = config;
  if (window !== undefined) {
    const by = read.by(window.by, ['window', 'by']);
    const distinct = window.distinct === undefined ? undefined : read.part(window.distinct, ['window', 'distinct']);
    out.set('window', createWindow({ count: window.count, withinMs: window.within, by, distinct }));
  }
  if (novelty !== undefined) {
    const by = read.by(novelty.by, ['new', 'by']);
    const value = read.part(novelty.value, ['new', 'value']);
    if (value !== undefined)
      out.set('new', createNovelty({ value, by, withinMs: novelty.within, learnMs: novelty.learn }));
  }
  if (travel !== undefined) {
    const by = read.by(travel.by, ['travel', 'by']);
    out.set('travel', createTravel({ by, speedKmhMax: travel.speed, distanceKmMin: travel.distance }));
  }
  return out;
}

function sequenceOf(
  config: SequenceConfig,
  compileStep: CompileStep,
  read: KeyReader,
  eventTitle: EventTitle,
  problems: Problem[],
) {
  const steps = config.steps.map((step, index) => {
    const found: Problem[] = [];
    const rule = compileStep(step, found);
    for (const { path, message } of found) problems.push({ path: ['sequence', 'steps', index, ...path], message });
    return { rule, count: step.count };
  });
  return createSequence({ steps, withinMs: config.within, by: read.by(config.by, ['sequence', 'by']), eventTitle });
}

function gatesOf(
  { limit, suppress, group }: OverTimeConfig,
  read: KeyReader,
  eventTitle: EventTitle,
): ReadonlyMap<HeldReason, Gate> {
  const out = new Map<HeldReason, Gate>();
  if (limit !== undefined)
    out.set('limit', createHold({ count: limit.count, periodMs: limit.per, by: all, eventTitle }));
  if (suppress !== undefined) {
    const by = read.by(suppress.by, ['suppress', 'by']);
    out.set('suppress', createHold({ count: 1, periodMs: suppress.for, by, eventTitle }));
  }
  if (group !== undefined) {
    const by = read.by(group.by, ['group', 'by']);
    out.set('group', createGroup({ by, waitMs: group.wait, intervalMs: group.interval, eventTitle }));
  }
  return out;
}

/** What says nothing together. */
function checkTogether(
  { absence, window, sequence, new: novelty, travel, group, suppress }: OverTimeConfig,
  problems: Problem[],
): void {
  if (absence === undefined) return;
  const others = Object.entries({ window, sequence, new: novelty, travel, group, suppress }).filter(
    ([, part]) => part !== undefined,
  );
  for (const [name] of others) {
    problems.push({ path: [name], message: 'says nothing beside "absence": make it a rule of its own' });
  }
}
