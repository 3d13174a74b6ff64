import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes what is not ASCII in the bundle as escapes: `node test/tools/ascii.ts <file>`. One other character, and V8 keeps all of the
 * source as UTF-16: 3 MB of memory that every herald would pay. esbuild escapes text by itself, but not regular expressions.
 */
const [path = ''] = process.argv.slice(2);
const source = readFileSync(path, 'utf8');
writeFileSync(
  path,
  source.replaceAll(/[^\0-\x7f]/g, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
);
