import { below, layersMax, type Layer } from '../layers.ts';

/** Whether there is something to take off. */
export const escaped = /%[\da-f]{2}|\\[u"'x\\/nrt]|&(?:#|amp|quot|apos|lt|gt|equals|colon|nbsp)/i;

/**
 * Shows a text as it is and then with one layer of percent, backslash and HTML escapes after the other taken off. `place` gives
 * where in the outermost text a character of a layer begins.
 */
export function eachLayer(text: string, visit: (text: string, place: (at: number) => number) => void): void {
  visit(text, (at) => at);
  let layer: Layer | undefined;
  let outer = text;
  for (let depth = 0; depth < layersMax && escaped.test(outer); depth += 1) {
    layer = below(layer, outer);
    // What only looked like an escape.
    if (layer.text.length === outer.length) return;
    outer = layer.text;
    const { places } = layer;
    visit(layer.text, (at) => places[at] ?? text.length);
  }
}
