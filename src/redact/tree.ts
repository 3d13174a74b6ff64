import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { looksRandom } from './pairs.ts';
import type { KeyRule, Secrecy } from './key-rule.ts';
import { isMasked, mark, type Kind } from './kinds.ts';
import type { Counts } from './spans.ts';
import type { TextRedactor } from './text.ts';
import { afterHost } from './urls.ts';

/** Nothing that authentik writes comes near; what is deeper becomes a mark. */
const depthMax = 64;
const plainKeyLengthMax = 24;

/** Redacts whole values: keys decide first, texts are searched. What holds no secret comes back as the same object. */
export interface TreeRedactor {
  value<T extends object>(value: T, counts: Counts): T;
}

/** Keys whose objects are the arguments of a URL or form. */
const argumentKeys: ReadonlySet<string> = new Set(['args', 'query', 'params', 'query_params', 'form', 'GET', 'POST']);
/** Keys under which a changed field keeps its values (authentik's `diff`): the field's own name decides. */
const valueKeys: ReadonlySet<string> = new Set(['new_value', 'previous_value', 'old_value', 'new', 'old', 'value']);

export function createTreeRedactor(keys: KeyRule, texts: TextRedactor): TreeRedactor {
  let counts: Counts = new Map();
  const count = (kind: Kind): string => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return mark(kind);
  };

  /** `key` is the name that decides, `secrecy` what it says, `inArguments` whether it stands in a URL's arguments. */
  const any = (value: Json, key: string, secrecy: Secrecy, inArguments: boolean, depth: number): Json => {
    if (typeof value === 'string') {
      if (secrecy !== 'plain') return secret(value, secrecy, inArguments);
      return key === 'expression' ? texts.redactSource(value, counts) : texts.redact(value, counts);
    }
    // Booleans and null say whether there is a secret, never which.
    if (typeof value === 'number') return isSecretNumber(value, secrecy) ? count('key') : value;
    if (typeof value !== 'object' || value === null) return value;
    if (depth > depthMax) return count('depth');
    if (isObject(value)) return object(value, key, secrecy, depth);
    return list(value, key, secrecy, inArguments, depth);
  };

  const secret = (text: string, secrecy: Secrecy, inArguments: boolean): string => {
    if (isMasked(text)) return text;
    if (secrecy === 'state' && !inArguments && !looksRandom(text)) return texts.redact(text, counts);
    if (secrecy !== 'link') return count('key');
    const path = afterHost(text);
    if (path === undefined || isMasked(text, path)) return texts.redact(text, counts);
    return texts.redact(text.slice(0, path), counts) + count('url');
  };

  const list = (value: readonly Json[], key: string, secrecy: Secrecy, inArguments: boolean, depth: number): Json => {
    let out: Json[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = value[i] ?? null;
      const redacted = any(item, key, secrecy, inArguments, depth + 1);
      if (redacted !== item) (out ??= value.slice())[i] = redacted;
    }
    return out ?? value;
  };

  const object = (value: JsonObject, parent: string, outer: Secrecy, depth: number): JsonObject => {
    const inArguments = argumentKeys.has(parent);
    let out: { [key: string]: Json } | undefined;
    let renamed = false;
    // JSON.parse gives objects whose only enumerable keys are their own, `__proto__` among them.
    for (const key in value) {
      const item = value[key] ?? null;
      const own = keys(key);
      const redacted =
        key === 'locals' && isObject(item)
          ? count('locals')
          : own === 'plain' && valueKeys.has(key)
            ? any(item, parent, outer, inArguments, depth + 1)
            : any(item, key, own, inArguments, depth + 1);
      // The copy has the key already, so that this sets even `__proto__` as data.
      if (redacted !== item) (out ??= { ...value })[key] = redacted;
      if (key.length > plainKeyLengthMax || !isPlainKey.test(key)) renamed ||= texts.redact(key, new Map()) !== key;
    }
    return renamed ? rename(out ?? value) : (out ?? value);
  };

  /** Secrets in the place of keys, as in a header dump that was read the wrong way round. */
  const rename = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, item]) => [texts.redact(key, counts), item]));

  return {
    value: (value, into) => {
      counts = into;
      // Texts become texts, keys stay: the type is kept where a number was no secret.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
      return any(value as Json, '', 'plain', false, 0) as typeof value;
    },
  };
}

const isPlainKey = /^[\w-]*$/;

/** Counts, flags and codes like 404 stay readable. */
function isSecretNumber(value: number, secrecy: Secrecy): boolean {
  if (secrecy === 'plain' || secrecy === 'state' || secrecy === 'link') return false;
  return !Number.isInteger(value) || Math.abs(value) >= 1000;
}
