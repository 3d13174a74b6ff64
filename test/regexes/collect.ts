import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import { createScanner } from 'typescript/unstable/ast/scanner';

/** A regular expression of the program, and where it comes from. */
export interface Found {
  readonly pattern: RegExp;
  readonly file: string;
}

const root = join(import.meta.dirname, '../../src');
/** Some of these run the program when they are loaded. */
const program = /^cli\b/;

/** Every literal of src/, and every pattern that its modules make of texts when they are loaded. */
export async function regularExpressions(): Promise<readonly Found[]> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.ts$/.test(name));
  const literals = files.flatMap((file) =>
    literalsOf(readFileSync(join(root, file), 'utf8')).map((pattern) => ({ pattern, file })),
  );
  const made: Found[] = [];
  const Native = RegExp;
  for (const file of files.filter((name) => !program.test(name))) {
    globalThis.RegExp = new Proxy(Native, {
      construct(target, [pattern, flags]: [string, string]) {
        const one = new target(pattern, flags);
        made.push({ pattern: one, file: `made when ${file} is loaded` });
        return one;
      },
    });
    await import(join(root, file));
  }
  globalThis.RegExp = Native;
  return [...literals, ...made];
}

/** Behind one of these a slash divides. */
const operands = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
]);

function literalsOf(text: string): readonly RegExp[] {
  const scanner = createScanner(true);
  scanner.setText(text);
  const found: RegExp[] = [];
  /** The braces that are open, each with whether a template goes on behind it. */
  const braces: boolean[] = [];
  let before = SyntaxKind.Unknown;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    if (kind === SyntaxKind.SlashToken && !operands.has(before)) {
      kind = scanner.reScanSlashToken();
      const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(scanner.getTokenText()) ?? [];
      found.push(new RegExp(source, flags));
    }
    if (kind === SyntaxKind.OpenBraceToken || kind === SyntaxKind.TemplateHead)
      braces.push(kind === SyntaxKind.TemplateHead);
    if (kind === SyntaxKind.CloseBraceToken && braces.pop() === true) {
      kind = scanner.reScanTemplateToken(false);
      if (kind === SyntaxKind.TemplateMiddle) braces.push(true);
    }
    before = kind;
  }
  return found;
}
