import { didYouMean } from '../../core/suggest.ts';
import { get } from './lookup.ts';
import { isThing, type Meaning, type Person, type Surroundings, type Thing } from './scope.ts';
import { unportable } from './syntax.ts';
import { level, literal, make, quote, strict, type Value } from './value.ts';

const context = make('event.context', level.member, 'map');
const user = make('event.user', level.member, 'map');
const none = literal(null);

/** `event.client_ip`, which is None where there is no address. */
const clientIp: Value = {
  ...make('event.?client_ip.orValue(dyn(null))', level.member, 'dyn'),
  strict: make('event.client_ip', level.member, 'string', { raises: true }),
  lookup: { base: none, key: '', optional: 'event.?client_ip', fallback: none },
};

/** authentik's own address for events that have none. */
const clientAddress = make('ip(event.?client_ip.orValue("255.255.255.255"))', level.member, 'ip');

const onlyDatabase = "is in authentik's database, not in its log";

/** `object.name` for what is authentik's own. */
export function attribute(object: Meaning, name: string, surroundings: Surroundings, at: number): Meaning {
  if (!isThing(object)) return attributeOfValue(object, name, at);
  switch (object.thing) {
    case 'request':
      return ofRequest(name, surroundings, at);
    case 'event':
      return ofEvent(name, surroundings, at);
    case 'notification':
      return ofNotification(name, surroundings, at);
    case 'recipient':
      return ofRecipient(surroundings.recipient, name, at);
    case 'created':
      return ofTime(name, at);
    case 'client address':
      return attributeOfValue(clientAddress, name, at);
    case 'request.context':
    case 're':
      return { thing: `method ${name}`, of: object };
    default:
      return unportable(`.${name} cannot be imported`, at);
  }
}

function attributeOfValue(value: Value, name: string, at: number): Meaning {
  if (value.type !== 'ip') return { thing: `method ${name}`, of: value };
  const operands = [value];
  if (name === 'version') return make(`${value.text}.family()`, level.member, 'int', { operands });
  if (name === 'is_loopback') return make(`${value.text}.isLoopback()`, level.member, 'bool', { operands });
  const advice =
    name === 'is_private' ? ': Python counts more networks than RFC 1918, name them with ip_network(…)' : '';
  return unportable(`.${name} of an address cannot be imported${advice}`, at);
}

function ofRequest(name: string, { purpose }: Surroundings, at: number): Meaning {
  if (name === 'context') return { thing: 'request.context' };
  if (name === 'debug') return literal(false);
  if (name === 'http_request') return none;
  if (name === 'user' && purpose === 'mapping') return { thing: 'recipient' };
  if (name === 'obj' && purpose === 'policy') return { thing: 'event' };
  const advice = name === 'user' ? ': use event.user["username"], event.user["email"] or event.user["pk"]' : '';
  return unportable(`request.${name} ${onlyDatabase}${advice}`, at);
}

function ofEvent(name: string, { purpose, note }: Surroundings, at: number): Meaning {
  switch (name) {
    case 'action':
      return make('event.action', level.member, 'string');
    case 'context':
      return context;
    case 'user':
      return user;
    case 'client_ip':
      return clientIp;
    case 'app':
      note(
        'event.app is not in the log: herald infers it from the action and knows it for most, else the expression fails',
        at,
      );
      return make('event.app', level.member, 'string', { raises: true });
    case 'created':
      note('event.created is not in the log: the time of the log line is taken, in UTC', at);
      return { thing: 'created' };
    case 'summary':
      if (purpose === 'mapping') return make('body', level.member, 'string');
      break;
    default:
  }
  const hint = didYouMean(name, ['action', 'context', 'user', 'client_ip', 'created']);
  return unportable(`event.${name} ${onlyDatabase}${hint}`, at);
}

function ofNotification(name: string, { purpose }: Surroundings, at: number): Meaning {
  switch (name) {
    case 'event':
      return { thing: 'event' };
    case 'user':
      return { thing: 'recipient' };
    case 'severity':
      return make('severity', level.member, 'string');
    case 'body':
      return make('body', level.member, 'string');
    case 'hyperlink':
    case 'hyperlink_label':
      return get(context, name, none, at);
    default:
      return unportable(`notification.${name} of a ${purpose} ${onlyDatabase}`, at);
  }
}

function ofRecipient(recipient: Person | undefined, name: string, at: number): Value {
  if (name !== 'username' && name !== 'email') return unportable(`.${name} of a user ${onlyDatabase}`, at);
  const value = recipient?.[name];
  if (value !== undefined) return literal(value);
  return unportable(`who gets the notification is not known here: write the ${name} in its place`, at);
}

/** `string(value)` of the recipient: authentik shows users by name. */
export function recipientText({ recipient }: Surroundings, at: number): Value {
  return ofRecipient(recipient, 'username', at);
}

const timeParts: ReadonlyMap<string, string> = new Map([
  ['year', 'event.at.getFullYear()'],
  ['month', 'event.at.getMonth() + 1'],
  ['day', 'event.at.getDate()'],
  ['hour', 'event.at.getHours()'],
  ['minute', 'event.at.getMinutes()'],
  ['second', 'event.at.getSeconds()'],
]);

function ofTime(name: string, at: number): Meaning {
  if (name === 'weekday' || name === 'isoweekday') return { thing: `method ${name}`, of: { thing: 'created' } };
  const text = timeParts.get(name);
  if (text === undefined) return unportable(`.${name} of a time cannot be imported`, at);
  return make(text, name === 'month' ? level.sum : level.member, 'int');
}

/** A thing where a value is wanted. */
export function valueOf(meaning: Meaning, surroundings: Surroundings, at: number): Value {
  if (!isThing(meaning)) return meaning;
  switch (meaning.thing) {
    case 'created':
      return make('event.at', level.member, 'time');
    case 'client address':
      return clientAddress;
    case 'recipient':
      return recipientText(surroundings, at);
    case 'event':
      return unportable('the event as a whole cannot be imported; herald has it as ${event}', at);
    default:
      return unportable(`${meaning.thing.replace(/^(?:function|method) /, '')} is no value here`, at);
  }
}

/** `object[key]` and `object.get(key)` of `request.context`. */
export function contextItem(key: string, { purpose }: Surroundings, at: number): Thing {
  if (key === 'event' && purpose === 'policy') return { thing: 'event' };
  if (key === 'notification' && purpose === 'mapping') return { thing: 'notification' };
  return unportable(`${quote(key)} is not in the context of a notification rule's ${purpose}`, at);
}

/** The client's address as a value that fails where there is none. */
export function addressFrom(value: Value, at: number): Value {
  const text = strict(value);
  if (text.type !== 'string' && text.type !== 'dyn') return unportable('an address is a text', at);
  return make(`ip(${text.text})`, level.member, 'ip', { operands: [text], raises: true });
}
