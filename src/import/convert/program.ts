import type { Findings, Place } from '../findings.ts';
import { translateProgram } from '../python/program.ts';
import type { Person, Purpose } from '../python/scope.ts';
import type { Value } from '../python/value.ts';

/** A Python program of a blueprint and where it stands. */
export interface Program {
  readonly source: string;
  readonly name: string;
  readonly at: Place;
  /** How far its lines are indented, where they are lines of the file: then places in it are places there. */
  readonly indent: number | undefined;
}

/** Translates a program and reports what of it cannot be imported; undefined when that is so. */
export function translate(
  { source, name, at, indent }: Program,
  purpose: Purpose,
  recipient: Person | undefined,
  findings: Findings,
): Value | undefined {
  const kind = purpose === 'policy' ? 'expression' : 'mapping';
  const tell = (report: Findings['note'], message: string, offset: number): void => {
    const lines = source.slice(0, offset).split('\n');
    const line = lines.length;
    const column = (lines.at(-1)?.length ?? 0) + 1;
    const where = indent === undefined ? at : { ...at, line: at.line + line, column: indent + column };
    report(where, `${kind} ${JSON.stringify(name)}, line ${line}: ${message}`);
  };
  const note = (message: string, offset: number): void => tell(findings.note, message, offset);
  const translated = translateProgram(source, { purpose, recipient, note });
  if (translated.ok) return translated.value;
  tell(findings.lost, `not carried over: ${translated.message}`, translated.offset);
  return undefined;
}
