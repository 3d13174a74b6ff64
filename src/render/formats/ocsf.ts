import type { JsonObject } from '../../core/json.ts';
import type { FormatInput } from './format.ts';
import { heraldDocument } from './herald.ts';

export function ocsfDocument(input: FormatInput): JsonObject {
  return heraldDocument(input);
}
