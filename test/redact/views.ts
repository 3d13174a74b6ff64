import { createPseudonyms } from '../../src/redact/pseudonym.ts';
import type { Selection, ViewOptions } from '../../src/redact/view/options.ts';
import { createView, type View } from '../../src/redact/view/view.ts';

/** Two keys of pseudonyms. */
export const keyA = Buffer.from('a1b2c3d4e5f60718'.repeat(4), 'hex');
export const keyB = Buffer.from('18f6e5d4c3b2a107'.repeat(4), 'hex');

export const byA = createPseudonyms({ current: keyA, previous: [] });

/** A view that shows pseudonyms by {@link keyA} of all that it can, as a chat's, with these options instead. */
export function viewOf(more: Partial<ViewOptions> = {}, pseudonyms = byA): View {
  const all = { name: 'pseudonym', mail: 'pseudonym', address: 'pseudonym' } as const;
  return createView({ ...all, values: [], select: undefined, addressKind: 'address', ...more }, pseudonyms);
}

/** An allow-list of these paths. */
export function allow(...keys: readonly string[]): Selection {
  return { allow: keys.map((key) => key.split('.')), deny: [], context: [] };
}
