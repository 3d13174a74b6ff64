/** A place in a text, and what stands for it. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly standIn: string;
}

/** The text with each place replaced by what stands for it; of places that overlap the widest names them all. */
export function replacePlaces(text: string, found: readonly Found[]): string {
  let out = '';
  let at = 0;
  let open: Found | undefined;
  let widest = 0;
  const close = (): void => {
    if (open === undefined) return;
    out += text.slice(at, open.start) + open.standIn;
    at = open.end;
  };
  for (const hit of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const width = hit.end - hit.start;
    if (open === undefined || hit.start >= open.end) {
      close();
      [open, widest] = [hit, width];
      continue;
    }
    const standIn: string = width > widest ? hit.standIn : open.standIn;
    widest = Math.max(widest, width);
    open = { start: open.start, end: Math.max(open.end, hit.end), standIn };
  }
  close();
  return out + text.slice(at);
}
