import { mark, type Kind } from './kinds.ts';

/** Counts redactions by kind. */
export type Counts = Map<Kind, number>;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
}

/** The places of one text that must go. Filled by the detectors, in any order and overlapping; then applied once. */
export class Spans {
  readonly #list: Span[] = [];
  #ordered = true;

  get size(): number {
    return this.#list.length;
  }

  add(start: number, end: number, kind: Kind): void {
    if (end <= start) return;
    if (start < (this.#list.at(-1)?.start ?? 0)) this.#ordered = false;
    this.#list.push({ start, end, kind });
  }

  /** Adds the spans of a decoded text, by the place in this text from which each of its characters came. */
  addMapped(from: Spans, places: Int32Array): void {
    for (const { start, end, kind } of from.#list) this.add(places[start] ?? 0, places[end] ?? 0, kind);
  }

  /** The text with each span replaced by its mark; overlapping spans become one, named by the longest. */
  apply(text: string, counts: Counts): string {
    let out = '';
    let at = 0;
    for (const { start, end, kind } of this.#merged()) {
      out += text.slice(at, start) + mark(kind);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      at = end;
    }
    return out + text.slice(at);
  }

  #merged(): readonly Span[] {
    const merged: Span[] = [];
    let open: Span | undefined;
    let widest = 0;
    const spans = this.#ordered ? this.#list : this.#list.toSorted((a, b) => a.start - b.start || b.end - a.end);
    for (const span of spans) {
      if (open === undefined || span.start >= open.end) {
        if (open !== undefined) merged.push(open);
        open = span;
        widest = span.end - span.start;
        continue;
      }
      const wider: boolean = span.end - span.start > widest;
      if (wider) widest = span.end - span.start;
      open = { start: open.start, end: Math.max(open.end, span.end), kind: wider ? span.kind : open.kind };
    }
    if (open !== undefined) merged.push(open);
    return merged;
  }
}
