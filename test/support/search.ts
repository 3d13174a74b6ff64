/** Needles are told apart by so many characters before they are compared. */
const headChars = 4;
const heads = 2 ** 16;

/**
 * Finds which of many needles, of at least four characters each, stand in a text. One pass over the text for all of them: one for each
 * takes most of a minute where megabytes are searched for hundreds of secrets.
 */
export function createSearch(needles: Iterable<string>): (text: string) => ReadonlySet<string> {
  const byHead = new Map<number, string[]>();
  const isHead = new Uint8Array(heads);
  for (const needle of needles) {
    if (needle.length < headChars) throw new RangeError(`too short to look for: ${needle}`);
    let head = 0;
    for (let at = 0; at < headChars; at += 1) head = next(head, needle.charCodeAt(at));
    isHead[head] = 1;
    byHead.set(head, [...(byHead.get(head) ?? []), needle]);
  }
  return (text) => {
    const found = new Set<string>();
    let head = 0;
    for (let at = 0; at < text.length; at += 1) {
      head = next(head, text.charCodeAt(at));
      if (isHead[head] === 0) continue;
      const start = at + 1 - headChars;
      for (const needle of byHead.get(head) ?? []) if (text.startsWith(needle, start)) found.add(needle);
    }
    return found;
  };
}

/** Of the last four characters: each shift takes a fourth of the bits away. */
function next(head: number, code: number): number {
  return ((head << (16 / headChars)) ^ (code * 0x9e5)) & (heads - 1);
}
