import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A measured value beside what is wanted. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A Markdown table with its columns lined up, so that it reads well in a terminal too. The first column is text, others numbers. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, at) => Math.max(3, cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, at) => (at === 0 ? cells[at]?.padEnd(width) : cells[at]?.padStart(width)));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(header), line(rule), ...rows.map((row) => line(row))].join('\n');
}

export function targetTable(targets: readonly Target[]): string {
  return table(
    ['target', 'wanted', 'measured', 'met'],
    targets.map(({ what, wanted, measured, met }) => [what, wanted, measured, met ? 'yes' : 'NO']),
  );
}

/** A number for a table: digits grouped, `digits` behind the point, a dash where there is none. */
export function number(value: number, digits = 0): string {
  return Number.isFinite(value)
    ? value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : '–';
}

/** Puts the text between the markers of that name in a page of docs/; what stands around them stays. */
export function writePage(name: string, marker: string, text: string): void {
  const page = fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
  const [begin, end] = [`<!-- ${marker}: begin -->`, `<!-- ${marker}: end -->`];
  const old = readFileSync(page, 'utf8');
  const [before, after] = [old.indexOf(begin), old.indexOf(end)];
  if (before === -1 || after < before) throw new Error(`docs/${name} lacks the lines ${begin} and ${end}`);
  writeFileSync(page, `${old.slice(0, before + begin.length)}\n\n${text}\n\n${old.slice(after)}`);
}
