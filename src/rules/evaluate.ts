import type { Notification } from '../core/delivery.ts';
import type { SafeEvent } from '../core/event.ts';
import type { Scope } from '../expression/expression.ts';
import { alertOf, type Alert } from './alert.ts';
import { explainRule } from './explain-rule.ts';
import type { LoopGuard, Permission } from './loop.ts';
import { createEventClock } from './over-time/clock.ts';
import type { Course } from './over-time/course.ts';
import type { Draft } from './over-time/draft.ts';
import { latenessMs } from './over-time/times.ts';
import type { Rule } from './rule.ts';
import type { Evaluation, Explanation, Held, Rules } from './rules.ts';
import type { RunningRule } from './running-rule.ts';
import type { Silences } from './silence.ts';
import { createRuleMemory } from './state.ts';

const nothing: Evaluation = { notifications: [], errors: [] };
const actionsMax = 256;

/** Puts the rules together. */
export function createRules(all: readonly RunningRule[], guard: LoopGuard, silences: Silences): Rules {
  const candidates = byAction(all);
  const clock = createEventClock();
  const memory = createRuleMemory(all, silences.memory, clock.memory);
  const courses = all.flatMap(({ rule, course }) => (course === undefined ? [] : [{ rule, course }]));
  return {
    overTime: courses.length + silences.count > 0,
    evaluate(event, nowMs) {
      // A clock that is ahead must not throw the rest of a window out.
      const atMs = Math.min(event.at, nowMs + latenessMs);
      if (courses.length > 0) clock.observe(event.at, nowMs);
      const possible = candidates(event.action);
      if (possible.length === 0) return nothing;
      if (guard.causedByPolicy(event)) return { ...nothing, suppressed: 'policy_loop' };
      return evaluateAll(possible, { guard, silences, scope: { event, nowMs }, atMs, clockMs: clock.now(nowMs) });
    },
    heard: (nowMs) => {
      for (const { course } of courses) course.heard(clock.now(nowMs));
    },
    due: (nowMs) => [
      ...courses.flatMap(({ rule: { notification }, course }) =>
        course
          .due(clock.now(nowMs))
          .filter((draft) => draft.kind !== 'absence' || !silences.hides(notification, undefined, draft.last))
          .map((draft) => alertOf(notification, draft)),
      ),
      ...silences.due(nowMs).map(({ notification, draft }) => alertOf(notification, draft)),
    ],
    changes: () => memory.changes(),
    restore: (state) => memory.restore(state),
    takeEvictions: () => new Map(courses.flatMap(({ rule: { name }, course }) => evictionsOf(name, course))),
    explain: (event, nowMs) => explainAll(all, guard, { event, nowMs }),
  };
}

function evictionsOf(rule: string, { memories }: Course): readonly (readonly [rule: string, count: number])[] {
  let count = 0;
  for (const memory of memories.values()) count += memory.takeEvictions();
  return count === 0 ? [] : [[rule, count]];
}

interface Evaluating {
  readonly guard: LoopGuard;
  readonly silences: Silences;
  readonly scope: Scope;
  readonly atMs: number;
  readonly clockMs: number;
}

function evaluateAll(rules: readonly Candidate[], at: Evaluating): Evaluation {
  const { guard, scope } = at;
  const notifications: Notification[] = [];
  const errors: string[] = [];
  const alerts: Alert[] = [];
  const held: Held[] = [];
  let permission: Permission | undefined;
  let own = false;
  for (const { rule, course, evaluate } of rules) {
    const { fires, error } = evaluate(scope);
    if (error) errors.push(rule.name);
    const met = course === undefined ? fires : course.observe(scope, at.atMs, at.clockMs, fires);
    if (met === false || met === undefined) continue;
    permission ??= guard.permission(scope.event);
    if (permission === 'none' || (permission === 'once' && !guard.mayFireOnce(rule.name, scope.event))) {
      own = true;
      continue;
    }
    guard.fired(rule.name, scope.event, permission);
    const reason = tell(rule, course, met === true ? undefined : met.draft, at, notifications, alerts);
    if (reason !== undefined) held.push({ rule: rule.name, reason });
  }
  if (notifications.length + errors.length + alerts.length + held.length === 0 && !own) return nothing;
  return {
    notifications,
    errors,
    ...(own && { suppressed: 'own_delivery' as const }),
    ...(alerts.length > 0 && { alerts }),
    ...(held.length > 0 && { held }),
  };
}

/** Sends what the rule has to say, or gives the reason why it is held back. */
function tell(
  { notification }: Rule,
  course: Course | undefined,
  draft: Draft | undefined,
  { silences, scope, atMs, clockMs }: Evaluating,
  notifications: Notification[],
  alerts: Alert[],
): Held['reason'] | undefined {
  if (silences.hides(notification, scope.event, atMs)) return 'silence';
  const gate = course?.gate(scope, atMs, clockMs);
  for (const due of gate?.drafts ?? []) alerts.push(alertOf(notification, due));
  if (gate?.held !== undefined) return gate.held;
  if (draft === undefined) notifications.push(notification);
  else alerts.push(alertOf(notification, draft));
  return undefined;
}

function explainAll(all: readonly RunningRule[], guard: LoopGuard, scope: Scope): Explanation {
  const { event } = scope;
  const free = all.map(({ rule, course }) => explainRule(rule, course, scope));
  const policyLoop = guard.causedByPolicy(event);
  const explained = free.map((rule) => {
    if (!rule.fires) return rule;
    if (policyLoop) return heldBack(rule, "one of the rules' own policies");
    return permits(guard, rule.rule, event) ? rule : heldBack(rule, "one of herald's own deliveries");
  });
  if (explained.every((rule, index) => rule === free[index])) return { rules: explained };
  return { rules: explained, suppressed: policyLoop ? 'policy_loop' : 'own_delivery' };
}

function permits(guard: LoopGuard, rule: string, event: SafeEvent): boolean {
  const permission = guard.permission(event);
  return permission === 'free' || (permission === 'once' && guard.mayFireOnce(rule, event));
}

function heldBack(rule: Explanation['rules'][number], cause: string): Explanation['rules'][number] {
  return { ...rule, fires: false, reason: `${rule.reason}; held back: ${cause} caused the event` };
}

/** A rule as it judges the events with one action. */
interface Candidate {
  readonly rule: Rule;
  readonly course: Course | undefined;
  readonly evaluate: Rule['evaluate'];
}

/** The rules that an action can matter to, worked out once for each of the last few hundred actions. */
function byAction(rules: readonly RunningRule[]): (action: string) => readonly Candidate[] {
  const known = new Map<string, readonly Candidate[]>();
  return (action) => {
    const found = known.get(action);
    if (found !== undefined) return found;
    // Actions are an open set, and an expression policy can make up new ones.
    if (known.size >= actionsMax) known.clear();
    const possible = rules
      .filter(({ rule, course }) => rule.mayFire(action) || course?.mayConcern(action) === true)
      .map(({ rule, course }) => ({ rule, course, evaluate: rule.evaluateFor(action) }));
    known.set(action, possible);
    return possible;
  };
}
