import { below, layersMax, type Layer } from '../layers.ts';

/** Whether there is something to take off. */
export const escaped = /%(?:[\da-f]{2}|u[\da-f]{4})|\\[u"'x\\/nrt]|&(?:#|amp|quot|apos|lt|gt|equals|colon|nbsp)/i;

const wide = /[\u3002\uff01-\uff5e\uff61]/;
const allWide = new RegExp(wide, 'g');

/** With letters, digits and marks of full width as ordinary ones, each where it was. */
export function narrow(text: string): string {
  return wide.test(text) ? text.replaceAll(allWide, (char) => narrowed(char.charCodeAt(0))) : text;
}

/** A full stop of Chinese and Japanese separates the names of hosts like a dot. */
function narrowed(code: number): string {
  return code === 0x3002 || code === 0xff61 ? '.' : String.fromCharCode(code - 0xfee0);
}

/**
 * Shows a text as it is, {@link narrow}, and then with one layer of percent, backslash and HTML escapes after the other taken off. `place` gives
 * where in the outermost text a character of a layer begins.
 */
export function eachLayer(text: string, visit: (text: string, place: (at: number) => number) => void): void {
  let layer: Layer | undefined;
  let outer = narrow(text);
  visit(outer, (at) => at);
  for (let depth = 0; depth < layersMax && escaped.test(outer); depth += 1) {
    layer = below(layer, outer);
    // What only looked like an escape.
    if (layer.text.length === outer.length) return;
    outer = narrow(layer.text);
    const { places } = layer;
    visit(outer, (at) => places[at] ?? text.length);
  }
}
