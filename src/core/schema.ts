import type { Secret } from './secret.ts';

interface Described {
  readonly description?: string;
}

/**
 * The part of JSON Schema that a component declares its options in, plus two words of our own:
 * `secret: true` (the loaded value is a {@link Secret}) and `format: duration | size` (written as text, loaded as milliseconds or bytes).
 * Types, configuration check, published schema, documentation and examples are all derived from it.
 */
export type Schema = StringSchema | NumberSchema | BooleanSchema | ArraySchema | ObjectSchema | AnyOfSchema | AnySchema;

export interface StringSchema extends Described {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly secret?: true;
  readonly format?: 'duration' | 'size' | 'url' | 'email' | 'cel' | 're2';
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: string;
  readonly examples?: readonly string[];
}

export interface NumberSchema extends Described {
  readonly type: 'integer' | 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}

export interface BooleanSchema extends Described {
  readonly type: 'boolean';
  readonly default?: boolean;
}

export interface ArraySchema extends Described {
  readonly type: 'array';
  readonly items: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: readonly (string | number)[];
}

export interface ObjectSchema extends Described {
  readonly type: 'object';
  readonly properties: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  /** What other keys hold; without it other keys are refused. */
  readonly additionalProperties?: Schema;
  readonly minProperties?: number;
  readonly default?: { readonly [name: string]: never };
}

export interface AnyOfSchema extends Described {
  readonly anyOf: readonly Schema[];
}

/** Any JSON value, loaded as it is written. */
export interface AnySchema extends Described {
  readonly json: true;
}

/** The loaded value's type of a schema declared `as const satisfies Schema`. */
export type Infer<S> = S extends { readonly anyOf: readonly (infer A)[] }
  ? Infer<A>
  : S extends { readonly json: true }
    ? unknown
    : S extends { readonly type: 'string' }
      ? InferString<S>
      : S extends { readonly type: 'integer' | 'number' }
        ? number
        : S extends { readonly type: 'boolean' }
          ? boolean
          : S extends { readonly type: 'array'; readonly items: infer I }
            ? readonly Infer<I>[]
            : S extends { readonly type: 'object' }
              ? InferObject<S>
              : never;

type InferString<S> = S extends { readonly secret: true }
  ? Secret
  : S extends { readonly format: 'duration' | 'size' }
    ? number
    : S extends { readonly enum: readonly (infer E)[] }
      ? E
      : string;

type InferObject<S> = S extends { readonly properties: infer P }
  ? { readonly [K in keyof P as Present<S, P, K> extends true ? K : never]: Infer<P[K]> } & {
      readonly [K in keyof P as Present<S, P, K> extends true ? never : K]?: Infer<P[K]>;
    } & (S extends { readonly additionalProperties: infer A } ? { readonly [key: string]: Infer<A> } : unknown)
  : never;

/** A property is there after loading when it is required or has a default. */
type Present<S, P, K extends keyof P> = P[K] extends { readonly default: unknown }
  ? true
  : S extends { readonly required: readonly (infer R)[] }
    ? K extends R
      ? true
      : false
    : false;
