import { file } from './file/file.ts';
import { kubernetes } from './kubernetes/kubernetes.ts';
import type { SourceKind } from './source.ts';
import { stdin } from './stdin.ts';

/** Every kind of source. Configuration, documentation and tests are derived from this list. */
export const sources: readonly SourceKind[] = [file, stdin, kubernetes];
