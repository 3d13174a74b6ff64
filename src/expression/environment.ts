import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { Address, isLoopback, isPrivate, Network, parseAddress, parseNetwork } from './address.ts';
import { charge } from './budget.ts';
import { eventFields, EventValue } from './event-value.ts';
import { compilePattern } from './pattern.ts';

/** String variables that a message's template may use beside `event` and `now`. */
export const textVariables = ['rule', 'severity', 'title', 'summary', 'body', 'delivery_key'] as const;
export type TextVariable = (typeof textVariables)[number];

/** The call that the compiler puts around whatever a comprehension walks. */
export const boundedCall = '__bounded';

const environments = new Map<string, Environment>();

/** The CEL environment that knows `event`, `now` and these variables; made once. */
export function environmentFor(variables: readonly TextVariable[]): Environment {
  const key = variables.toSorted().join(' ');
  const known = environments.get(key);
  if (known !== undefined) return known;
  const environment = build();
  for (const name of variables) environment.registerVariable(name, 'string');
  environments.set(key, environment);
  return environment;
}

function build(): Environment {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 2000, maxDepth: 50, maxListElements: 1000, maxMapEntries: 200, maxCallArguments: 8 },
  });
  environment.registerType('Event', { ctor: EventValue, fields: eventFields });
  environment.registerType('IP', { ctor: Address, fields: {} });
  environment.registerType('CIDR', { ctor: Network, fields: {} });
  environment.registerVariable('event', 'Event');
  environment.registerVariable('now', 'google.protobuf.Timestamp');
  registerFunctions(environment);
  registerArithmetic(environment);
  return environment;
}

function registerFunctions(environment: Environment): void {
  const define = (signature: string, handler: (...args: never[]) => unknown): void => {
    environment.registerFunction(signature, handler);
  };
  define(`${boundedCall}(A): A`, charge);
  define('re(string, string): bool', found);
  define('ip(string): IP', addressOf);
  define('isIP(string): bool', (text: string) => parseAddress(text) !== undefined);
  define('string(IP): string', (address: Address) => address.text);
  define('IP.family(): int', (address: Address) => BigInt(address.family));
  define('IP.isPrivate(): bool', isPrivate);
  define('IP.isLoopback(): bool', isLoopback);
  define('cidr(string): CIDR', networkOf);
  define('string(CIDR): string', (network: Network) => network.text);
  define('CIDR.containsIP(IP): bool', (network: Network, address: Address) => network.contains(address));
  define('CIDR.containsIP(string): bool', (network: Network, text: string) => network.contains(addressOf(text)));
  environment.registerOperator('IP == IP', (a: Address, b: Address) => a.text === b.text);
}

/** JSON numbers are doubles and CEL's literals are integers: `event.context.attempts + 1` must work all the same. */
function registerArithmetic(environment: Environment): void {
  const operations = [
    ['+', (a: number, b: number) => a + b],
    ['-', (a: number, b: number) => a - b],
    ['*', (a: number, b: number) => a * b],
    ['/', (a: number, b: number) => a / b],
  ] as const;
  for (const [operator, apply] of operations) {
    const handler = (a: number | bigint, b: number | bigint): number => apply(Number(a), Number(b));
    environment.registerOperator(`double ${operator} int: double`, handler);
    environment.registerOperator(`int ${operator} double: double`, handler);
  }
}

function found(text: string, source: string): boolean {
  const pattern = compilePattern(source);
  if (!pattern.ok) throw new EvaluationError({ code: 'pattern', message: pattern.message });
  return pattern.found(text);
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new EvaluationError({ code: 'address', message: 'not an IP address' });
  return address;
}

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new EvaluationError({ code: 'network', message: 'not a network' });
  return network;
}
