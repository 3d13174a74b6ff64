import { LineCounter, parseDocument } from 'yaml';
import { readTree, type Tree } from './tree.ts';
import type { Surroundings } from './config.ts';
import type { Place, Report } from './report.ts';

/** The file as values with their places, references filled in; undefined when it is no readable YAML. Everything wrong goes to the report. */
export function parseYaml(text: string, surroundings: Surroundings, report: Report): Tree | undefined {
  const top: Place = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > fileBytesMax) {
    report.problem(top, [], 'the file is larger than 1 MiB');
    return undefined;
  }
  const lines = new LineCounter();
  // Pretty errors quote the file, and the file holds secrets. Uniqueness is checked by readTree: the library's check is quadratic.
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
    version: '1.2',
  } as const;
  const document = parseDocument(text, { ...options, stringKeys: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line < 1 ? top : { line, column: Math.max(1, col) };
  };
  // What follows the first syntax errors is mostly their echo; nesting beyond the stack is reported where it ran out, more than once
  // when it was short.
  const firstDeep = document.errors.findIndex(({ code }) => code === 'RESOURCE_EXHAUSTION');
  const errors = firstDeep < 0 ? document.errors : document.errors.slice(0, firstDeep + 1);
  for (const error of errors.slice(0, syntaxErrorsMax)) {
    report.problem(place(error.pos[0]), [], syntaxProblems.get(error.code) ?? 'not valid YAML');
  }
  if (document.errors.length > 0) return undefined;
  return readTree(document.contents, { text, place, surroundings, report });
}

const fileBytesMax = 1024 * 1024;
const syntaxErrorsMax = 10;

/** Our own words per code of the library, whose messages may quote the file. */
const syntaxProblems: ReadonlyMap<string, string> = new Map([
  ['ALIAS_PROPS', 'an alias (*name) can have neither an anchor nor a tag'],
  ['BAD_ALIAS', 'an alias (*name) needs an anchor (&name) before it'],
  ['BAD_DIRECTIVE', 'a line that starts with % is no key'],
  ['BAD_DQ_ESCAPE', 'unknown escape after \\ in a double-quoted text: use single quotes, or \\\\ for one backslash'],
  [
    'BAD_INDENT',
    'wrong indentation: all keys of a mapping and all items of a list start in the same column (or a bracket is not closed)',
  ],
  ['BAD_PROP_ORDER', 'an anchor (&name) belongs behind the colon or the dash'],
  ['BAD_SCALAR_START', 'a text cannot start with this character: put it in quotes'],
  ['BLOCK_AS_IMPLICIT_KEY', 'a second ": " in one line: put the text in quotes'],
  ['BLOCK_IN_FLOW', 'no indented block inside [ ] or { }'],
  ['IMPOSSIBLE', 'not valid YAML'],
  ['KEY_OVER_1024_CHARS', 'the ":" of this key is missing or too far away'],
  ['MISSING_CHAR', 'something is missing here: a closing quote or bracket, a comma, a ":" or a space behind it'],
  ['MULTILINE_IMPLICIT_KEY', 'a key must stand in one line with its ":"'],
  ['MULTIPLE_ANCHORS', 'only one anchor (&name) for a value'],
  ['MULTIPLE_DOCS', 'only one document: remove the line "---"'],
  ['MULTIPLE_TAGS', 'tags (!name) are not supported'],
  ['RESOURCE_EXHAUSTION', 'nested too deeply'],
  ['TAB_AS_INDENT', 'a tab in the indentation: use spaces'],
  ['TAG_RESOLVE_FAILED', 'tags (!name) are not supported'],
  ['UNEXPECTED_TOKEN', 'this cannot stand here: a text with special characters needs quotes'],
  ['BAD_COLLECTION_TYPE', 'tags (!name) are not supported'],
]);
