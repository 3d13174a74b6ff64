import type { Value } from './value.ts';

/** A user to whom authentik would send, as far as the blueprints tell. */
export interface Person {
  readonly username: string | undefined;
  readonly email: string | undefined;
}

/** What a program is: a policy says whether a rule fires, a mapping makes a webhook's body or headers. */
export type Purpose = 'policy' | 'mapping';

/** What surrounds the translation of one program. */
export interface Surroundings {
  readonly purpose: Purpose;
  /** Of a mapping: whom the notification is for; undefined when nobody knows. */
  readonly recipient: Person | undefined;
  /** Something that the user has to know and that keeps nothing from working. */
  readonly note: (message: string, at: number) => void;
}

/** Something of authentik's that is no CEL value: an object of which only parts can be read, or a function. */
export interface Thing {
  readonly thing:
    | 'request'
    | 'request.context'
    | 'event'
    | 'notification'
    | 'recipient'
    | 'created'
    | 'client address'
    | 're'
    | `function ${string}`
    | `method ${string}`;
  /** What a method belongs to. */
  readonly of?: Value | Thing;
}

export type Meaning = Value | Thing;

export function isThing(meaning: Meaning): meaning is Thing {
  return 'thing' in meaning;
}

/** The names at one place of a program, and what was evaluated before it. */
export interface Scope {
  readonly names: ReadonlyMap<string, Meaning>;
  readonly before: ReadonlySet<string>;
}

/** The scope after this value was evaluated. */
export function after(scope: Scope, value: Value): Scope {
  return value.sure.size === 0 ? scope : { ...scope, before: new Set([...scope.before, ...value.sure]) };
}
