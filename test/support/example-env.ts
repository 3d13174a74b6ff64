import { kinds } from '../../src/build.ts';

/** Every variable that the example names, with the value that the kind's own example has there, or one that fits most places. */
const values = new Map(
  [...kinds.sources, ...kinds.destinations].flatMap(({ type, example }) =>
    Object.entries(example).map(
      ([key, value]) => [`${type}_${key}`.toUpperCase().replaceAll(/\W/g, '_'), value] as const,
    ),
  ),
);
const valueOf = (name: PropertyKey): string => {
  const value = values.get(String(name));
  return typeof value === 'string' ? value : 'https://value.example.com/';
};
/** An environment in which every example loads. */
export const exampleEnv: { readonly [name: string]: string } = new Proxy(
  {},
  {
    getOwnPropertyDescriptor: (_, name) => ({ value: valueOf(name), configurable: true }),
    get: (_, name) => valueOf(name),
  },
);
