import type { Surroundings } from './config.ts';

/** A text with its references filled in, or what is wrong with them. */
export interface Interpolated {
  readonly text: string;
  /** What was put in. */
  readonly values: readonly string[];
  /** `reference` is the text in the file that the message is about. */
  readonly problems: readonly { readonly reference: string; readonly message: string }[];
}

/**
 * Fills in `${env:NAME}` and `${file:/path}` anywhere in a text; `$${env:` stands for a literal `${env:`.
 * One line end at the end of a file is dropped. All other `${ … }` are left alone: they are expressions.
 */
export function interpolate(text: string, surroundings: Surroundings): Interpolated {
  const values: string[] = [];
  const problems: { reference: string; message: string }[] = [];
  const filled = text.replaceAll(reference, (whole: string, escaped?: string, kind?: string, name?: string) => {
    if (escaped !== undefined) return whole.slice(1);
    const found = name === undefined ? 'has no closing }' : lookUp(kind ?? '', name, surroundings);
    if (typeof found === 'string') {
      problems.push({ reference: whole, message: `${whole} ${found}` });
      return whole;
    }
    values.push(found.value);
    return found.value;
  });
  return { text: filled, values, problems };
}

const reference = /\$\$\{((?:env|file):)|\$\{(env|file):(?:([^}\n]*)\})?/g;

/** The value, or what is wrong. */
function lookUp(kind: string, name: string, surroundings: Surroundings): { value: string } | string {
  return kind === 'env' ? lookUpVariable(name, surroundings) : lookUpFile(name, surroundings);
}

function lookUpVariable(name: string, { env }: Surroundings): { value: string } | string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'is no variable name: write ${env:NAME}';
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === undefined ? 'is not set: set the environment variable' : { value };
}

function lookUpFile(path: string, { readFile }: Surroundings): { value: string } | string {
  if (path.trim() === '' || path.includes('\0')) return 'names no file: write ${file:/path/to/file}';
  const read = tryRead(path, readFile);
  return 'problem' in read ? read.problem : { value: read.text.replace(/\r?\n$/, '') };
}

/** The file's text, or why it cannot be read, in words. */
export function tryRead(path: string, readFile: Surroundings['readFile']): { text: string } | { problem: string } {
  try {
    const text = readFile(path);
    return text.length > fileLengthMax ? { problem: 'is larger than 1 MiB' } : { text };
  } catch (error) {
    return { problem: readProblems.get(errnoOf(error)) ?? 'cannot be read' };
  }
}

const fileLengthMax = 1024 * 1024;

const readProblems: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'cannot be read: there is no such file'],
  ['ENOTDIR', 'cannot be read: there is no such file'],
  ['EACCES', 'cannot be read: permission denied'],
  ['EPERM', 'cannot be read: permission denied'],
  ['EISDIR', 'cannot be read: it is a folder'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'cannot be read: it is no UTF-8 text'],
]);

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
