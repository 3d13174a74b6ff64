import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ownActions } from '../core/action.ts';
import { ConfigError } from '../core/errors.ts';
import { factsOf, withViews, type Event } from '../core/event.ts';
import { asText, isObject, type Json, type JsonObject } from '../core/json.ts';
import { createDecoder } from '../decode/create.ts';
import { toEvent } from '../decode/event.ts';
import type { RuleTest, TestEvent } from '../rules/test-config.ts';
import { maxLineBytes } from './read-logs.ts';

/** What happens in a test: an event, or a line that is none. */
export interface TestStep {
  readonly at: number;
  readonly event: Event | undefined;
}

/** The steps of a rule's test, in the order of their times. Throws ConfigError for a file that cannot be read. */
export function stepsOf(test: RuleTest, configFile: string): readonly TestStep[] {
  let at = Date.parse(test.start);
  if (Number.isNaN(at))
    throw problem(`the test ${test.name} starts at no time: write 2026-01-15T09:00:00Z`, configFile);
  const steps: TestStep[] = [];
  for (const [index, given] of test.events.entries()) {
    at += given.after;
    if (given.file !== undefined) {
      steps.push(...eventsIn(resolve(dirname(configFile), given.file), configFile).map(stepOf));
      continue;
    }
    if (given.action === undefined && !given.line)
      throw problem(
        `event ${index + 1} of the test ${test.name} is nothing: give it an action, a file or line`,
        configFile,
      );
    for (let n = 1; n <= given.repeat; n += 1) {
      if (n > 1) at += given.every;
      const id = createHash('sha256').update(`${test.name} ${index} ${n}`).digest('hex').slice(0, 32);
      const event = given.line ? undefined : eventOf(lineOf(given, n, at), id);
      steps.push({ at, event });
    }
  }
  return steps.toSorted((a, b) => a.at - b.at);
}

function stepOf(event: Event): TestStep {
  return { at: event.at, event };
}

/** What herald would read in that line; an action of herald's own, which no line has, is the event that herald would make. */
function eventOf(line: JsonObject, id: string): Event {
  const event = toEvent(line, { id, origin: {}, time: '' });
  const action = asText(line['action']) ?? '';
  return ownActions.has(action) ? withViews({ ...factsOf(event), action }) : event;
}

/** The line that authentik would have written. */
function lineOf({ action = '', client_ip, user, context }: TestEvent, n: number, at: number): JsonObject {
  const line: JsonObject = {
    action,
    timestamp: new Date(at).toISOString(),
    user: isObject(user) ? user : {},
    context: isObject(context) ? context : {},
    ...(client_ip !== undefined && { client_ip }),
  };
  const numbered = withNumber(line, n);
  return isObject(numbered) ? numbered : line;
}

function withNumber(value: Json, n: number): Json {
  if (typeof value === 'string') return value.replaceAll('{n}', String(n));
  if (Array.isArray(value)) return value.map((item: Json) => withNumber(item, n));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumber(item, n)]));
}

function eventsIn(path: string, configFile: string): readonly Event[] {
  const decoder = createDecoder({ origin: {}, maxLineBytes, lookalikes: false });
  return [...decoder.push(read(path, configFile)).events, ...decoder.end().events];
}

function read(path: string, configFile: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    throw problem(`the events of a test cannot be read from ${path} (${code})`, configFile);
  }
}

function problem(message: string, file: string): ConfigError {
  return new ConfigError([{ file, line: 1, column: 1, path: 'rules', message }]);
}
