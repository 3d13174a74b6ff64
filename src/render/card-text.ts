import { defang } from './defang.ts';
import { visible } from './visible.ts';

/** Names that Teams may take for a mention even without markup. */
const mention = /(?<![\w.])@(?=everyone|channel|team)/gi;
/** `{{DATE(…)}}` and `{{TIME(…)}}` are replaced by clients wherever they stand. */
const call = /\{(?=\{)/g;

/**
 * Text from an event for a text run of an Adaptive Card, which knows no Markdown: no mention, no link, no function, one line.
 * It is not safe in a TextBlock or a Fact, which do know Markdown.
 */
export function cardText(text: string): string {
  return defang(visible(text))
    .replaceAll(mention, '＠')
    .replaceAll(call, '{ ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›');
}
