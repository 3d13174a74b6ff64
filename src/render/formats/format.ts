import { unreachable } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { authentikDocument } from './authentik.ts';
import { cefText } from './cef.ts';
import { ecsDocument } from './ecs.ts';
import { heraldDocument } from './herald.ts';
import type { FormatInput } from './input.ts';
import { leefText } from './leef.ts';
import { ocsfDocument } from './ocsf.ts';

/** Formats of an event that are JSON objects. */
export const jsonFormats = ['herald', 'authentik', 'ecs', 'ocsf'] as const;
export type JsonFormat = (typeof jsonFormats)[number];

/** Formats of an event that are one line of text. */
export const textFormats = ['cef', 'leef'] as const;
export type TextFormat = (typeof textFormats)[number];

/** Every format of an event, for destinations that take text and JSON alike. */
export const formats = [...jsonFormats, ...textFormats] as const;
export type Format = (typeof formats)[number];

/** True for the formats that are one line of text. */
export function isTextFormat(format: Format): format is TextFormat {
  return format === 'cef' || format === 'leef';
}

/**
 * The event as a JSON object. Total: any action, any context. Nothing in it is longer than in the event, and the time in it is
 * the event's. Texts are as in the event; write it with `jsonText`, which takes care of what JSON readers refuse.
 */
export function formatJson(format: JsonFormat, input: FormatInput): JsonObject {
  switch (format) {
    case 'herald':
      return heraldDocument(input);
    case 'authentik':
      return authentikDocument(input);
    case 'ecs':
      return ecsDocument(input);
    case 'ocsf':
      return ocsfDocument(input);
    default:
      return unreachable(format);
  }
}

/** The event as one line of text without a line end: whatever the event holds, it adds no second line, header or key. */
export function formatText(format: TextFormat, input: FormatInput): string {
  switch (format) {
    case 'cef':
      return cefText(input);
    case 'leef':
      return leefText(input);
    default:
      return unreachable(format);
  }
}
