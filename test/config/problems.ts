import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/core/errors.ts';
import { kinds, surroundings } from './kinds.ts';

/** A wrong configuration and everything that must be said about it. */
export type Case = readonly [name: string, text: string, problems: readonly string[]];

/** The shortest `sources` that are right. */
export const source = 'sources: [{type: pipe}]\n';

const world = surroundings(
  { URL: 'https://siem.example.com', SHORT: 'abc', SECRET: 'swordfish' },
  { '/pem': 'no pem', '/secret': 'swordfish\n' },
);

/** What `herald check` would print. */
export function problemsOf(text: string): readonly string[] {
  try {
    loadConfig(text, 'c.yaml', world, kinds);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(formatProblem);
  }
}

/** Adds a test per case. */
export function testProblems(table: readonly Case[]): void {
  for (const [name, text, expected] of table) {
    test(`problems: ${name}`, () => {
      assert.deepEqual(problemsOf(text), expected);
    });
  }
}
