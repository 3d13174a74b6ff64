/** A piece of a template string: literal text, or the source of a `${ … }` hole and where it starts. */
export type Piece = { readonly text: string } | { readonly source: string; readonly offset: number };

/** The pieces of a template string, or where a hole starts that is never closed. */
export type Pieces =
  { readonly ok: true; readonly pieces: readonly Piece[] } | { readonly ok: false; readonly offset: number };

/** Splits `text ${ CEL } text` into its pieces. `$${` is a literal `${`. Braces and quotes inside the CEL are its own. */
export function splitHoles(template: string): Pieces {
  const pieces: Piece[] = [];
  let text = '';
  let at = 0;
  while (at < template.length) {
    if (template.startsWith('$${', at)) {
      text += '${';
      at += 3;
    } else if (template.startsWith('${', at)) {
      const end = holeEnd(template, at + 2);
      if (end === undefined) return { ok: false, offset: at };
      if (text !== '') pieces.push({ text });
      text = '';
      pieces.push({ source: template.slice(at + 2, end), offset: at + 2 });
      at = end + 1;
    } else {
      text += template[at];
      at += 1;
    }
  }
  if (text !== '') pieces.push({ text });
  return { ok: true, pieces };
}

/** The place of the brace that closes the hole. */
function holeEnd(template: string, start: number): number | undefined {
  let open = 0;
  let at = start;
  while (at < template.length) {
    const char = template[at];
    if (char === '"' || char === "'") {
      at = stringEnd(template, at);
      continue;
    }
    if (char === '/' && template[at + 1] === '/') {
      const newline = template.indexOf('\n', at);
      at = newline < 0 ? template.length : newline;
      continue;
    }
    if (char === '{') open += 1;
    if (char === '}' && open === 0) return at;
    if (char === '}') open -= 1;
    at += 1;
  }
  return undefined;
}

/** The place behind a CEL string. A backslash guards the next character, in raw strings too: so does the CEL parser. */
function stringEnd(template: string, start: number): number {
  const quote = template.slice(start, start + 1);
  const triple = quote.repeat(3);
  const close = template.startsWith(triple, start) ? triple : quote;
  let at = start + close.length;
  while (at < template.length && !template.startsWith(close, at)) at += template[at] === '\\' ? 2 : 1;
  return at + close.length;
}
