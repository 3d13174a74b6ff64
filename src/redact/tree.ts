import { asText, get, isObject, type Json, type JsonObject } from '../core/json.ts';
import { isCardNumber } from './cards.ts';
import { looksRandom } from './pairs.ts';
import type { KeyRule, Secrecy } from './key-rule.ts';
import { isMasked, mark, type Kind } from './kinds.ts';
import { nameKeys } from './enclosing.ts';
import { createRules, rememberedLengthMax, root, type Rule } from './rules.ts';
import type { Counts } from './spans.ts';
import type { TextRedactor } from './text.ts';
import { afterHost } from './urls.ts';

/** Nothing that authentik writes comes near; what is deeper becomes a mark. */
const depthMax = 64;
/** How much text of one value is looked through, in characters; what comes later becomes marks. */
const textsLengthMax = 512 * 1024;
/** The smallest card number has 14 digits. */
const cardMin = 1e13;

/** Redacts whole values: keys decide first, texts are searched. What holds no secret comes back as the same object. */
export class TreeRedactor {
  readonly #ruleOf: (key: string) => Rule;
  readonly #texts: TextRedactor;
  #counts: Counts = new Map();
  #looked = 0;

  constructor(keys: KeyRule, texts: TextRedactor) {
    this.#ruleOf = createRules(keys, texts);
    this.#texts = texts;
  }

  value<T extends object>(value: T, counts: Counts): T {
    this.#counts = counts;
    this.#looked = 0;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is redacted came from JSON
    const redacted = this.#any(value as Json, root, false, 0);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- texts become texts and keys stay
    return (isObject(redacted) ? redacted : {}) as T;
  }

  /** `rule` is the deciding key's; `inArguments` tells that the value stands in a URL's arguments. */
  #any(value: Json, rule: Rule, inArguments: boolean, depth: number): Json {
    if (typeof value === 'string') return this.#text(value, rule, inArguments);
    // Booleans and null say whether there is a secret, never which.
    if (typeof value === 'number') return this.#number(value, rule);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > depthMax) return this.#mark('depth');
    return isObject(value) ? this.#object(value, rule, depth) : this.#list(value, rule, inArguments, depth);
  }

  #number(value: number, rule: Rule): Json {
    if (isSecretNumber(value, rule.secrecy)) return this.#mark('key');
    return value >= cardMin && isCardNumber(String(value)) ? this.#mark('card') : value;
  }

  #text(text: string, rule: Rule, inArguments: boolean): string {
    if (rule.secrecy !== 'plain') return this.#secret(text, rule.secrecy, inArguments);
    this.#looked += text.length;
    if (this.#looked > textsLengthMax && !isMasked(text)) return this.#mark('length');
    return rule.source ? this.#texts.redactSource(text, this.#counts) : this.#texts.redact(text, this.#counts);
  }

  #secret(text: string, secrecy: Secrecy, inArguments: boolean): string {
    if (isMasked(text)) return text;
    if (secrecy === 'state' && !inArguments && !looksRandom(text)) return this.#text(text, root, inArguments);
    if (secrecy !== 'link') return this.#mark('key');
    const path = afterHost(text);
    const open = path === undefined || isMasked(text, path);
    return this.#text(open ? text : text.slice(0, path) + this.#mark('url'), root, inArguments);
  }

  #list(value: readonly Json[], rule: Rule, inArguments: boolean, depth: number): Json {
    let out: Json[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = value[i] ?? null;
      const redacted = isPair(item)
        ? this.#pair(item, rule, inArguments, depth + 1)
        : this.#any(item, this.#afterOption(value[i - 1], rule), inArguments, depth + 1);
      if (redacted !== item) (out ??= value.slice())[i] = redacted;
    }
    return out ?? value;
  }

  /** `["Cookie", "…"]`: one of a list of pairs, as headers and forms are kept. */
  #pair(pair: readonly [string, Json], outer: Rule, inArguments: boolean, depth: number): Json {
    const [name, item] = pair;
    const own = name.length <= rememberedLengthMax ? this.#ruleOf(name) : outer;
    const rule = outer.secrecy === 'plain' ? own : outer;
    const redacted = [this.#any(name, outer, inArguments, depth), this.#any(item, rule, inArguments, depth + 1)];
    return redacted[0] === name && redacted[1] === item ? pair : redacted;
  }

  /** The rule for what stands behind `--password` in the arguments of a command. */
  #afterOption(before: Json | undefined, outer: Rule): Rule {
    if (typeof before !== 'string' || !before.startsWith('--') || before.length > rememberedLengthMax) return outer;
    const rule = this.#ruleOf(before.slice(2));
    return outer.secrecy === 'plain' ? rule : outer;
  }

  #object(value: JsonObject, outer: Rule, depth: number): Json {
    let out: { [key: string]: Json } | undefined;
    let renamed = false;
    // JSON.parse gives objects whose only enumerable keys are their own, `__proto__` among them.
    for (const key in value) {
      if (key.length > rememberedLengthMax && (this.#looked += key.length) > textsLengthMax)
        return this.#mark('length');
      const item = value[key] ?? null;
      const rule = this.#ruleOf(key);
      renamed ||= rule.renamed;
      const redacted =
        rule.locals && isObject(item)
          ? this.#mark('locals')
          : this.#any(item, this.#deciding(value, rule, outer), outer.arguments, depth + 1);
      // The copy has the key already, so that this sets even `__proto__` as data.
      if (redacted !== item) (out ??= { ...value })[key] = redacted;
    }
    return renamed ? this.#rename(out ?? value) : (out ?? value);
  }

  /** Usually the key's own; all below a password is one. */
  #deciding(value: JsonObject, rule: Rule, outer: Rule): Rule {
    if (rule.above) return this.#above(value, outer);
    return rule.secrecy === 'plain' && outer.secrecy === 'password' ? outer : rule;
  }

  /** The rule for a value without a name: the field's, or in `{"name": "Authorization", "value": …}` the one of the name beside it. */
  #above(value: JsonObject, outer: Rule): Rule {
    if (outer.secrecy !== 'plain') return outer;
    const key = nameKeys.find((name) => asText(get(value, name)) !== undefined);
    const beside = key === undefined ? undefined : asText(get(value, key));
    return beside !== undefined && beside.length <= rememberedLengthMax ? this.#ruleOf(beside) : outer;
  }

  /** Secrets in the place of keys, as in a header dump that was read the wrong way round. */
  #rename(value: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.#texts.redact(key, this.#counts), item]),
    );
  }

  #mark(kind: Kind): string {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    return mark(kind);
  }
}

function isPair(value: Json): value is readonly [string, Json] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

/** Counts, flags and codes like 404 stay readable. */
function isSecretNumber(value: number, secrecy: Secrecy): boolean {
  if (secrecy === 'plain' || secrecy === 'state' || secrecy === 'link') return false;
  return !Number.isInteger(value) || Math.abs(value) >= 1000;
}
