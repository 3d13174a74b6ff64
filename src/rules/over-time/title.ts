import type { SafeEvent } from '../../core/event.ts';
import type { JsonObject } from '../../core/json.ts';
import { shortValue } from '../../core/short-value.ts';
import { fieldsTold } from '../../redact/view/told.ts';
import { eachName } from '../../redact/view/values.ts';
import { cut } from '../../render/cut.ts';
import { titleOf } from '../../render/message.ts';

/** Stands behind the title and between the names in it, and is taken out of both. Beyond Latin-1, every remembered text would take two bytes a character. */
const separator = '\u001f';
/** Stands before the fields that the title tells of. */
const fieldsMark = '\u001e';

/**
 * The title of an event's message with the names in it and the fields that it tells of, as one text to remember. {@link quote} takes it
 * apart. `charsMax` cuts the title.
 */
export type EventTitle = (event: SafeEvent, charsMax?: number) => string;

/**
 * Makes titles, each once for all rules. To find the `fields` takes as long as all the rest, and only who hides some asks for them: without,
 * such a reader gets no title.
 */
export function createEventTitle(fields: boolean): EventTitle {
  // Several rules ask for the title of the same event one after the other.
  let last: { readonly event: SafeEvent; readonly title: string } | undefined;
  return (event, charsMax = Infinity) => {
    if (charsMax !== Infinity) return withWords(event, charsMax, fields);
    if (last?.event !== event) last = { event, title: withWords(event, charsMax, fields) };
    return last.title;
  };
}

export const eventTitle = createEventTitle(true);

/**
 * The title of another event, for an event of herald's own. `names` says which of its words are somebody's: a destination that must
 * not see them gets the title without. `fields` says of which fields of the context the title may tell. What was remembered without
 * looking for them, or by an older herald, lacks them.
 */
export function quote(remembered: string): JsonObject {
  const [named = '', fields] = remembered.split(fieldsMark);
  const [title = '', ...names] = named.split(separator);
  if (!named.includes(separator)) return { title };
  return {
    title,
    names: names.filter((name) => name !== ''),
    ...(fields !== undefined && { fields: fields.split(separator).filter((field) => field !== '') }),
  };
}

function withWords(event: SafeEvent, charsMax: number, fields: boolean): string {
  const title = cut(plain(titleOf(event)), charsMax);
  const named = `${title}${separator}${namesIn(title, event).join(separator)}`;
  return fields ? `${named}${fieldsMark}${fieldsTold(title, event).join(separator)}` : named;
}

/** More names than that are not cut off in one title. */
const cutNamesMax = 4;

/** The names that stand in a title, those that are cut off there in full. */
function namesIn(title: string, event: SafeEvent): readonly string[] {
  const names = new Map<string, string>();
  let cutNames = 0;
  eachName(event, (identity, value) => {
    if (identity === 'address') return;
    const name = plain(value);
    const part = partIn(title, name) ?? partIn(title, name.replaceAll(/[“”„"]/g, "'"));
    if (part === undefined || names.has(part)) return;
    const isWhole = part.length === name.length;
    // Whole mail addresses are found by their form.
    if (isWhole && identity === 'mail') return;
    if (!isWhole) cutNames += 1;
    names.set(part, isWhole ? name : cutNames > cutNamesMax ? part : shortValue(name));
  });
  return [...names.values()];
}

/** Without separators, and composed: the short form of a name is, and its beginning is looked for. Nearly no text has anything to change. */
function plain(text: string): string {
  return /[^\x20-\xff]/.test(text) ? text.replaceAll(separator, '').replaceAll(fieldsMark, '').normalize() : text;
}

const partCharsMin = 3;

/** The name as far as the title has it: long ones are cut there. */
function partIn(title: string, name: string): string | undefined {
  if (name !== '' && title.includes(name)) return name;
  if (!title.includes('…')) return undefined;
  for (let length = Math.min(name.length, title.length); length >= partCharsMin; length -= 1) {
    const part = name.slice(0, length);
    if (title.includes(`${part}…`)) return part;
  }
  return undefined;
}
