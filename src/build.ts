import type { Kinds } from './config/config.ts';
import { destinations } from './destinations/index.ts';
import { sources } from './sources/index.ts';

/** Every kind of component that this build has. */
export const kinds: Kinds = { sources, destinations };
