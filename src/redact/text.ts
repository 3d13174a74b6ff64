import type { RE2JS } from 're2js';
import { startOf } from '../core/grapheme.ts';
import { createKeyRule, type KeyRule } from './key-rule.ts';
import { below, layersMax, type Layer } from './layers.ts';
import { mark, skipMark } from './kinds.ts';
import { mayHold } from './may-hold.ts';
import { scan } from './scan.ts';
import { literals } from './source-code.ts';
import { Spans, type Counts } from './spans.ts';

/** Takes the secrets out of texts. The same string comes back when it holds none. */
export interface TextRedactor {
  /** Any text: a message, a URL, a user agent, a traceback. */
  redact(text: string, counts: Counts): string;
  /** The source code of an expression: its string literals go too. */
  redactSource(source: string, counts: Counts): string;
}

/** Longer texts are cut, which bounds the time that a hostile one can take. The longest known are mails and blueprints. */
const textLengthMax = 256 * 1024;
const tooLong = mark('length');
/** What was cut once stays as it is, though marks may have made it longer. */
const cutLengthMax = 2 * textLengthMax;

const roundsMax = 6;

/**
 * `patterns` are looked for in addition to the detectors, also in decoded texts. `memory` makes it remember texts that hold
 * nothing; not for slices of long texts, which it would keep in memory.
 */
export function createTextRedactor(keys: KeyRule, patterns: readonly RE2JS[], memory: boolean): TextRedactor {
  const find = (text: string, found: Spans): boolean => {
    for (const pattern of patterns) match(pattern, text, found);
    return mayHold(text) && scan(text, keys, found);
  };
  const clean = createMemory(memory ? memorableMax : 0);
  // Most texts hold nothing: they share one empty list.
  let spare = new Spans();
  const once = (text: string, counts: Counts, source: boolean): string => {
    const found = spare;
    if (find(text, found)) findDecoded(text, find, found);
    if (source) literals(text, found);
    if (found.size === 0) return text;
    spare = new Spans();
    return found.apply(text, counts);
  };
  const redact = (text: string, counts: Counts, source: boolean): string => {
    if (!source && clean.has(text)) return text;
    let before = text;
    let after = once(text, counts, source);
    // A mark may end a value elsewhere than its secret did: what that uncovers is looked at, too.
    for (let round = 1; round < roundsMax && after !== before; round++) {
      // What is left of a URL is often the same: only its `state` was new.
      if (!source && clean.has(after)) return after;
      before = after;
      after = once(before, counts, source);
    }
    if (!source && after === before) clean.add(after);
    return after;
  };
  const bounded = (text: string, counts: Counts, source: boolean): string => {
    if (text.length <= textLengthMax || (text.endsWith(tooLong) && text.length <= cutLengthMax)) {
      return redact(text, counts, source);
    }
    counts.set('length', (counts.get('length') ?? 0) + 1);
    return redact(startOf(text, textLengthMax), counts, source) + tooLong;
  };
  return {
    redact: (text, counts) => bounded(text, counts, false),
    redactSource: (text, counts) => bounded(text, counts, true),
  };
}

const memorableMax = 4096;
const memorableLengthMin = 24;
const memorableLengthMax = 400;

/** Remembers texts that held nothing: user agents, paths and names come again and again. Ids do not. */
function createMemory(sizeMax: number): { has(text: string): boolean; add(text: string): void } {
  const texts = new Set<string>();
  const isMemorable = ({ length }: string): boolean =>
    sizeMax > 0 && length >= memorableLengthMin && length <= memorableLengthMax && length !== 32 && length !== 36;
  return {
    has: (text) => isMemorable(text) && texts.has(text),
    add: (text) => {
      if (!isMemorable(text)) return;
      if (texts.size >= sizeMax) texts.clear();
      texts.add(text);
    },
  };
}

const plain = createTextRedactor(createKeyRule([]), [], false);

/** A text without what the built-in detectors take for a secret: for answers of receivers and errors that may echo a URL or a token. */
export function redactText(text: string): string {
  return plain.redact(text, new Map());
}

/** For the places of short texts, one after the other. */
const space = new Int32Array(16 * 1024);

/** Looks below the escapes, layer by layer, and adds what is there by its place in the outermost text. */
function findDecoded(text: string, find: (text: string, found: Spans) => boolean, found: Spans): void {
  let layer: Layer | undefined;
  for (let depth = 0; depth < layersMax; depth++) {
    layer = below(layer, layer?.text ?? text, space);
    const inner = new Spans();
    const encoded = find(layer.text, inner);
    found.addMapped(inner, layer.places);
    if (!encoded) return;
  }
}

function match(pattern: RE2JS, text: string, found: Spans): void {
  const matcher = pattern.matcher(text);
  let open = 0; // where the next mark may begin
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    // Marks stay whole, or redacting twice would change the text again.
    open = skipMarks(text, open, start, end, found);
  }
}

/** Adds `start` to `end` without the marks in it. Gives where to look for marks next. */
function skipMarks(text: string, open: number, start: number, end: number, found: Spans): number {
  let from = start;
  let at = text.indexOf('[redacted:', open);
  while (at >= 0 && at < end) {
    const to = skipMark(text, at);
    if (to > at && to > from) {
      found.add(from, at, 'pattern');
      from = Math.max(from, to);
    }
    open = to > at ? to : at + 1;
    if (to > end) return at;
    at = text.indexOf('[redacted:', open);
  }
  found.add(from, end, 'pattern');
  return at < 0 ? text.length : at;
}
