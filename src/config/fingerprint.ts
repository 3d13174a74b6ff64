import { createHash } from 'node:crypto';

/**
 * Tells two versions of a part of the configuration apart: what the file says after its references were filled in, with the texts of
 * further files that it names. A hash, because it holds secrets.
 */
export function fingerprint(entry: unknown, texts: readonly string[] = []): string {
  return createHash('sha256')
    .update(JSON.stringify([entry ?? null, texts]))
    .digest('hex');
}
