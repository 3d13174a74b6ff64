import { valueKeys } from './enclosing.ts';
import type { KeyRule, Secrecy } from './key-rule.ts';
import { withoutMarks } from './kinds.ts';
import type { TextRedactor } from './text.ts';

/** What a key decides about its value. */
export interface Rule {
  readonly secrecy: Secrecy;
  /** The key only says "the value": the one above decides. */
  readonly above: boolean;
  readonly locals: boolean;
  readonly source: boolean;
  /** Its object holds the arguments of a URL. */
  readonly arguments: boolean;
  /** The key itself holds a secret. */
  readonly renamed: boolean;
}

/** The rule for what has no key. */
export const root: Rule = {
  secrecy: 'plain',
  above: false,
  locals: false,
  source: false,
  arguments: false,
  renamed: false,
};

/** Longer keys are searched each time. */
export const rememberedLengthMax = 96;
const rememberedMax = 10_000;

/** Keys whose objects are the arguments of a URL or form. */
const argumentKeys: ReadonlySet<string> = new Set(['args', 'query', 'params', 'query_params', 'form', 'GET', 'POST']);
/** Gives the rule of a key, with the last {@link rememberedMax} remembered. */
export function createRules(keys: KeyRule, texts: TextRedactor): (key: string) => Rule {
  const rules = new Map<string, Rule>();
  return (key) => {
    const remembered = rules.get(key);
    if (remembered !== undefined) return remembered;
    const name = texts.redact(key, new Map());
    const secrecy = secrecyOf(keys, key, name);
    const rule: Rule = {
      secrecy,
      above: secrecy === 'plain' && valueKeys.has(key),
      locals: key === 'locals',
      source: key === 'expression',
      arguments: argumentKeys.has(key),
      renamed: name !== key,
    };
    if (rules.size >= rememberedMax) rules.clear();
    if (key.length <= rememberedLengthMax) rules.set(key, rule);
    return rule;
  };
}

/** `name` is the key without the secrets in it: what it says counts as well, or redacting twice would say more. */
function secrecyOf(keys: KeyRule, key: string, name: string): Secrecy {
  const before = keys(withoutMarks(key));
  if (name === key || (before !== 'plain' && before !== 'state' && before !== 'link')) return before;
  const after = keys(withoutMarks(name));
  return after === 'plain' ? before : after;
}
