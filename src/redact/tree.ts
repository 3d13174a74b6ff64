import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { looksRandom } from './pairs.ts';
import type { KeyRule, Secrecy } from './key-rule.ts';
import { isMasked, mark, type Kind } from './kinds.ts';
import type { Counts } from './spans.ts';
import type { TextRedactor } from './text.ts';
import { afterHost } from './urls.ts';

/** Nothing that authentik writes comes near; what is deeper becomes a mark. */
const depthMax = 64;
/** How much text of one value is looked through, in characters; what comes later becomes marks. */
const textsLengthMax = 512 * 1024;
const rememberedMax = 10_000;
const rememberedLengthMax = 96;

/** Redacts whole values: keys decide first, texts are searched. What holds no secret comes back as the same object. */
export interface TreeRedactor {
  value<T extends object>(value: T, counts: Counts): T;
}

/** Keys whose objects are the arguments of a URL or form. */
const argumentKeys: ReadonlySet<string> = new Set(['args', 'query', 'params', 'query_params', 'form', 'GET', 'POST']);
/** Keys under which a changed field keeps its values (authentik's `diff`): the field's own name decides. */
const valueKeys: ReadonlySet<string> = new Set(['new_value', 'previous_value', 'old_value', 'new', 'old', 'value']);

/** What a key decides about its value. */
interface Rule {
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

const root: Rule = { secrecy: 'plain', above: false, locals: false, source: false, arguments: false, renamed: false };

export function createTreeRedactor(keys: KeyRule, texts: TextRedactor): TreeRedactor {
  let counts: Counts = new Map();
  let looked = 0;
  const count = (kind: Kind): string => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return mark(kind);
  };

  const rules = new Map<string, Rule>();
  const ruleOf = (key: string): Rule => {
    const before = rules.get(key);
    if (before !== undefined) return before;
    const secrecy = keys(key);
    const rule: Rule = {
      secrecy,
      above: secrecy === 'plain' && valueKeys.has(key),
      locals: key === 'locals',
      source: key === 'expression',
      arguments: argumentKeys.has(key),
      renamed: texts.redact(key, new Map()) !== key,
    };
    if (rules.size >= rememberedMax) rules.clear();
    if (key.length <= rememberedLengthMax) rules.set(key, rule);
    return rule;
  };

  /** `rule` is the deciding key's; `inArguments` tells that the value stands in a URL's arguments. */
  const any = (value: Json, rule: Rule, inArguments: boolean, depth: number): Json => {
    if (typeof value === 'string') {
      if (rule.secrecy !== 'plain') return secret(value, rule.secrecy, inArguments);
      looked += value.length;
      if (looked > textsLengthMax && !isMasked(value)) return count('length');
      return rule.source ? texts.redactSource(value, counts) : texts.redact(value, counts);
    }
    // Booleans and null say whether there is a secret, never which.
    if (typeof value === 'number') return isSecretNumber(value, rule.secrecy) ? count('key') : value;
    if (typeof value !== 'object' || value === null) return value;
    if (depth > depthMax) return count('depth');
    return isObject(value) ? object(value, rule, depth) : list(value, rule, inArguments, depth);
  };

  const secret = (text: string, secrecy: Secrecy, inArguments: boolean): string => {
    if (isMasked(text)) return text;
    if (secrecy === 'state' && !inArguments && !looksRandom(text)) return texts.redact(text, counts);
    if (secrecy !== 'link') return count('key');
    const path = afterHost(text);
    if (path === undefined || isMasked(text, path)) return texts.redact(text, counts);
    return texts.redact(text.slice(0, path) + count('url'), counts);
  };

  const list = (value: readonly Json[], rule: Rule, inArguments: boolean, depth: number): Json => {
    let out: Json[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = value[i] ?? null;
      const redacted = any(item, rule, inArguments, depth + 1);
      if (redacted !== item) (out ??= value.slice())[i] = redacted;
    }
    return out ?? value;
  };

  const object = (value: JsonObject, outer: Rule, depth: number): JsonObject => {
    let out: { [key: string]: Json } | undefined;
    let renamed = false;
    // JSON.parse gives objects whose only enumerable keys are their own, `__proto__` among them.
    for (const key in value) {
      const item = value[key] ?? null;
      const rule = ruleOf(key);
      renamed ||= rule.renamed;
      const redacted =
        rule.locals && isObject(item)
          ? count('locals')
          : any(item, rule.above ? outer : rule, outer.arguments, depth + 1);
      // The copy has the key already, so that this sets even `__proto__` as data.
      if (redacted !== item) (out ??= { ...value })[key] = redacted;
    }
    return renamed ? rename(out ?? value) : (out ?? value);
  };

  /** Secrets in the place of keys, as in a header dump that was read the wrong way round. */
  const rename = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, item]) => [texts.redact(key, counts), item]));

  return {
    value: (value, into) => {
      counts = into;
      looked = 0;
      // Texts become texts, keys stay: the type is kept where a number was no secret.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
      return any(value as Json, root, false, 0) as typeof value;
    },
  };
}

/** Counts, flags and codes like 404 stay readable. */
function isSecretNumber(value: number, secrecy: Secrecy): boolean {
  if (secrecy === 'plain' || secrecy === 'state' || secrecy === 'link') return false;
  return !Number.isInteger(value) || Math.abs(value) >= 1000;
}
