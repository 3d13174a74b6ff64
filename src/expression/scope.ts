import type { SafeEvent } from '../core/event.ts';
import type { TextVariable } from './environment.ts';
import { EventValue } from './event-value.ts';

/** What an expression is evaluated over: the event, the time (`now`) and, in templates, the text variables. Not changed after use. */
export type Scope = { readonly event: SafeEvent; readonly nowMs: number } & {
  readonly [name in TextVariable]?: string;
};

/** A scope under the names and in the types that CEL knows. */
export class Bindings implements Readonly<Record<TextVariable, unknown>> {
  readonly event: EventValue;
  readonly #scope: Scope;
  #now: Date | undefined;
  constructor(scope: Scope) {
    this.event = new EventValue(scope.event);
    this.#scope = scope;
  }

  get now(): Date {
    return (this.#now ??= new Date(this.#scope.nowMs));
  }
  get rule(): unknown {
    return this.#scope.rule;
  }
  get severity(): unknown {
    return this.#scope.severity;
  }
  get title(): unknown {
    return this.#scope.title;
  }
  get summary(): unknown {
    return this.#scope.summary;
  }
  get body(): unknown {
    return this.#scope.body;
  }
  get delivery_key(): unknown {
    return this.#scope.delivery_key;
  }
}

// Twenty rules read the same event one after the other: its CEL form is kept for the last scope.
let last: { readonly scope: Scope; readonly bindings: Bindings } | undefined;

/** The bindings of a scope; the same ones while the scope is the same object. */
export function bindingsOf(scope: Scope): Bindings {
  if (last?.scope !== scope) last = { scope, bindings: new Bindings(scope) };
  return last.bindings;
}
