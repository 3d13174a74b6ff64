import type { SafeEvent } from '../../core/event.ts';
import { startOf } from '../../core/grapheme.ts';
import type { JsonObject } from '../../core/json.ts';
import { eachName } from '../../redact/view/values.ts';
import { titleOf } from '../../render/message.ts';

/** Stands behind the title and between the names in it, and is taken out of both. Beyond Latin-1, every remembered text would take two bytes a character. */
const separator = '\u001f';

// Several rules ask for the title of the same event one after the other.
let last: { readonly event: SafeEvent; readonly title: string } | undefined;

/**
 * The title of an event's message with the names in it, as one text to remember; made once for all rules. {@link quote} takes it apart.
 * `charsMax` cuts the title.
 */
export function eventTitle(event: SafeEvent, charsMax = Infinity): string {
  if (charsMax !== Infinity) return withNames(titleOf(event), event, charsMax);
  if (last?.event !== event) last = { event, title: withNames(titleOf(event), event) };
  return last.title;
}

/**
 * The title of another event, for an event of herald's own. `names` says which of its words are somebody's: a destination that must
 * not see them gets the title without. What was remembered by an older herald has none.
 */
export function quote(remembered: string): JsonObject {
  const [title = '', ...names] = remembered.split(separator);
  if (!remembered.includes(separator)) return { title };
  return { title, names: names.filter((name) => name !== '') };
}

function withNames(whole: string, event: SafeEvent, charsMax = Infinity): string {
  const full = withoutSeparators(whole);
  const title = startOf(full, charsMax);
  const isCut = title.length < full.length || title.includes('…');
  const names = new Set<string>();
  eachName(event, (identity, value) => {
    if (identity !== 'name') return;
    const name = withoutSeparators(value);
    const part = partIn(title, name, isCut) ?? partIn(title, name.replaceAll(/[“”„"]/g, "'"), isCut);
    if (part !== undefined) names.add(part);
  });
  let text = title;
  for (const name of names.size === 0 ? noName : names) text += separator + name;
  return text;
}

const noName = [''];

/** Nearly no text has any, and asking costs less than replacing nothing. */
function withoutSeparators(text: string): string {
  return text.includes(separator) ? text.replaceAll(separator, '') : text;
}

const partCharsMin = 3;

/** The name as far as the title has it: long ones are cut there. */
function partIn(title: string, name: string, isCut: boolean): string | undefined {
  if (name !== '' && title.includes(name)) return name;
  if (!isCut) return undefined;
  for (let length = Math.min(name.length, title.length); length >= partCharsMin; length -= 1) {
    const part = name.slice(0, length);
    if (title.includes(`${part}…`) || title.endsWith(part)) return part;
  }
  return undefined;
}
