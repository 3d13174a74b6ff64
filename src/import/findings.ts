/** Where something stands in a blueprint, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One sentence of the report. `lost`: authentik does something here that the configuration does not. */
export interface Finding {
  readonly kind: 'lost' | 'note';
  readonly at: Place;
  readonly message: string;
}

/** Gathers what the user has to know, in the order in which it was found. */
export interface Findings {
  readonly lost: (at: Place, message: string) => void;
  readonly note: (at: Place, message: string) => void;
  readonly all: readonly Finding[];
}

/** An empty collection; the same sentence about the same place is kept once. */
export function createFindings(): Findings {
  const found = new Map<string, Finding>();
  const add = (kind: Finding['kind'], at: Place, message: string): void => {
    found.set(`${kind} ${placeText(at)} ${message}`, { kind, at, message });
  };
  return {
    lost: (at, message) => add('lost', at, message),
    note: (at, message) => add('note', at, message),
    get all() {
      return [...found.values()];
    },
  };
}

/** `blueprint.yaml:12:5`. */
export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
