import { htmlText } from '../render/html.ts';
import { terminalText } from '../render/terminal.ts';
import type { TestResult } from './test-rules.ts';

export const reportFormats = ['text', 'tap', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const toldMax = 20;

/** The results for people, or for a machine that runs tests. */
export function report(results: readonly TestResult[], format: ReportFormat): string {
  if (format === 'tap') return tap(results);
  return format === 'junit' ? junit(results) : text(results);
}

function text(results: readonly TestResult[]): string {
  const lines: string[] = [];
  let rule = '';
  for (const result of results) {
    if (result.rule !== rule) lines.push(terminalText(result.rule));
    ({ rule } = result);
    lines.push(`  ${result.failures.length === 0 ? 'ok' : 'FAILED'}  ${terminalText(result.test)}`);
    for (const line of detailsOf(result)) lines.push(`      ${terminalText(line)}`);
  }
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  if (results.length === 0) lines.push('no rule has tests: give it "tests:"');
  lines.push(`${results.length} tests, ${failed} failed`);
  return `${lines.join('\n')}\n`;
}

function tap(results: readonly TestResult[]): string {
  const lines = results.flatMap((result, index) => [
    `${result.failures.length === 0 ? 'ok' : 'not ok'} ${index + 1} - ${oneLine(`${result.rule}: ${result.test}`)}`,
    ...detailsOf(result).map((line) => `# ${oneLine(line)}`),
  ]);
  return ['TAP version 14', `1..${results.length}`, ...lines, ''].join('\n');
}

function junit(results: readonly TestResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const cases = results.map((result) => {
    const name = `classname="${xml(result.rule)}" name="${xml(result.test)}"`;
    if (result.failures.length === 0) return `  <testcase ${name}/>`;
    const message = xml(result.failures.join('; '));
    return `  <testcase ${name}><failure message="${message}">${xml(detailsOf(result).join('\n'))}</failure></testcase>`;
  });
  const head = `<testsuite name="herald rules" tests="${results.length}" failures="${failed}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...cases, '</testsuite>', ''].join('\n');
}

/** Why a test failed, and what was sent instead. */
function detailsOf({ failures, told }: TestResult): readonly string[] {
  if (failures.length === 0) return [];
  const more = told.length > toldMax ? [`… and ${told.length - toldMax} more`] : [];
  const sent = told.length === 0 ? ['it sent nothing'] : ['it sent:', ...told.slice(0, toldMax), ...more];
  return [...failures, ...sent];
}

function oneLine(value: string): string {
  return terminalText(value).replaceAll('#', String.raw`\#`);
}

/** Control characters are not allowed in XML at all. */
function xml(value: string): string {
  return htmlText(terminalText(value));
}
