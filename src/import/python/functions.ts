import { compilePattern } from '../../expression/pattern.ts';
import { parseNetwork } from '../../expression/address.ts';
import { seenText } from './compare.ts';
import { hasHostBits } from './network.ts';
import type { Surroundings } from './scope.ts';
import { unportable } from './syntax.ts';
import { addressFrom } from './things.ts';
import { choose, truth } from './truth.ts';
import { level, literal, make, operand, quote, strict, type Value } from './value.ts';

/** Functions of authentik that reach out of the event, with what to do instead. */
const reaching: ReadonlyMap<string, string> = new Map([
  ['ak_user_by', 'asks authentik\'s database: compare event.user["username"] or event.user["email"]'],
  ['ak_is_group_member', 'asks authentik\'s database: list the members, event.user["username"] in ["…"]'],
  ['ak_user_has_authenticator', "asks authentik's database"],
  ['ak_call_policy', 'runs another policy: write its expression here'],
  ['ak_create_event', 'writes an event into authentik: let herald send to a destination'],
  ['ak_create_jwt', 'signs with a key of authentik: give the destination a token of its own'],
  ['ak_create_jwt_raw', 'signs with a key of authentik: give the destination a token of its own'],
  ['ak_send_email', 'sends mail: give the rule a destination of type smtp'],
  ['requests', 'asks the network: a destination of type webhook sends the event'],
  ['resolve_dns', 'asks the network: name the networks with ip_network("…")'],
  ['reverse_dns', 'asks the network: name the networks with ip_network("…")'],
  ['regex_replace', 'has no counterpart in CEL: compare with regex_match()'],
  ['slugify', 'has no counterpart in CEL'],
  ['list_flatten', 'has no counterpart in CEL'],
]);

/** Why a name cannot be used, or undefined when nothing is known about it. */
export function whyNot(name: string): string | undefined {
  const reason = reaching.get(name);
  return reason === undefined ? undefined : `${name} ${reason}`;
}

/** The functions that a program can call. */
export const functionNames: readonly string[] = [
  'ip_address',
  'ip_network',
  'regex_match',
  'len',
  'str',
  'bool',
  'int',
  'isinstance',
];

/** A call of one of them. */
export function callFunction(name: string, args: readonly Value[], at: number, surroundings: Surroundings): Value {
  const [first, second] = args;
  if (first === undefined) return unportable(`${name}() without a value cannot be imported`, at);
  switch (name) {
    case 'ip_address':
      return addressFrom(first, at);
    case 'ip_network':
      return network(first, args, at, surroundings);
    case 'regex_match':
      return search(first, second, at, surroundings);
    case 'len':
      return make(`size(${strict(first).text})`, level.member, 'int', {
        operands: [strict(first)],
        raises: first.type === 'dyn',
      });
    case 'bool':
      return truth(first);
    case 'str':
      return textOf(first, at);
    case 'int':
      return make(`int(${strict(first).text})`, level.member, 'int', { operands: [strict(first)], raises: true });
    default:
      return unportable(`${name}() cannot be imported`, at);
  }
}

function network(value: Value, args: readonly Value[], at: number, { note }: Surroundings): Value {
  const text = value.constant?.value;
  if (typeof text !== 'string' || args.length > 1) return unportable('ip_network() takes one text, written out', at);
  if (parseNetwork(text) === undefined) return unportable(`${quote(text)} is no network`, at);
  if (text.includes('.'))
    note('an IPv4 address that is written as IPv6 (::ffff:192.0.2.1) counts as IPv4 in herald', at);
  if (hasHostBits(text)) return unportable(`Python refuses ${quote(text)}: there are bits behind the prefix`, at);
  return make(`cidr(${quote(text)})`, level.member, 'cidr');
}

/** `re.search(pattern, text) is not None`. */
export function search(value: Value, pattern: Value | undefined, at: number, { note }: Surroundings): Value {
  const source = pattern?.constant?.value;
  if (typeof source !== 'string') return unportable('a pattern must be written out', at);
  const compiled = compilePattern(source);
  if (!compiled.ok)
    return unportable(`the pattern ${quote(source)} cannot be run in linear time: ${compiled.message}`, at);
  if (/\\[wdsb]/i.test(source))
    note(String.raw`\w, \d, \s and \b know only ASCII letters, digits and blanks in herald`, at);
  const text = strict(value);
  if (text.type !== 'string' && text.type !== 'dyn') return unportable('only a text can be matched', at);
  const made = { operands: [text], raises: text.type === 'dyn', seen: seenText(text) };
  return make(`re(${text.text}, ${quote(source)})`, level.member, 'bool', made);
}

/** Python's `str(value)`. A list or a dictionary fails, because its spelling is Python's own. */
export function textOf(value: Value, at: number): Value {
  const { constant } = value;
  if (constant !== undefined) {
    const { value: one } = constant;
    return literal(one === null ? 'None' : typeof one === 'boolean' ? (one ? 'True' : 'False') : String(one));
  }
  const text = make(`string(${value.text})`, level.member, 'string', { operands: [value] });
  switch (value.type) {
    case 'string':
      return value;
    case 'int':
    case 'double':
    case 'ip':
      return text;
    case 'bool':
      return choose(value, literal('True'), literal('False'));
    case 'dyn': {
      const plain = operand(value, level.sum);
      const other = `${plain} == true ? "True" : ${plain} == false ? "False" : string(${value.text})`;
      return make(`${plain} == null ? "None" : ${other}`, level.choice, 'string', { operands: [value], raises: true });
    }
    default:
      return unportable('only texts, numbers and addresses can be put into a text', at);
  }
}
