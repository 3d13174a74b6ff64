import type { Course } from './over-time/course.ts';
import type { Rule } from './rule.ts';

/** A compiled rule as it runs. */
export interface RunningRule {
  readonly rule: Rule;
  /** Its behaviour over several events, if it has any. */
  readonly course: Course | undefined;
  /** Differs when anything about the rule differs: it then starts anew. */
  readonly version: string;
}
