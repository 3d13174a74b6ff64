import type { Event } from '../core/event.ts';
import { asText, isObject } from '../core/json.ts';
import { cut } from './cut.ts';

const valueCharsMax = 240;
const typeCharsMax = 80;

/** The exception of an event in one line: `KeyError: 'x'`; from the structured form or from an old traceback. */
export function failureLine({ context, exception, message }: Event): string | undefined {
  const outermost = exception?.[0];
  // An event that was shortened or stored by another version may lack either.
  if (isObject(outermost) && Object.hasOwn(context, 'exception'))
    return line(asText(outermost.type) ?? '', asText(outermost.value) ?? '');
  if (message?.includes('\n') !== true) return undefined;
  // What was raised stands right below the last frame, which is indented; its own text may go on for lines.
  const lines = message.trimEnd().split('\n');
  const frame = lines.findLastIndex((one) => one.startsWith('  '));
  if (frame < 0) return undefined;
  const last = lines.slice(frame + 1).find((one) => one.trim() !== '');
  const match = /^([\w.]{1,200})(?:: (.*))?$/.exec(last ?? '');
  return match === null ? line('', last ?? '') : line(match[1] ?? '', match[2] ?? '');
}

/** The class of the exception alone, for a title. */
export function failureType(event: Event): string | undefined {
  const told = failureLine(event);
  return told === undefined ? undefined : /^\w{1,80}(?=:|$)/.exec(told)?.[0];
}

/** The message on one line and without a traceback; undefined when nothing is left. */
export function messageLine({ message }: Event): string | undefined {
  const said = message
    ?.split(/Traceback \(most recent call last\)|^ {2}File "/m, 1)[0]
    ?.replaceAll(/\s+/g, ' ')
    .trim();
  return said === undefined || said === '' ? undefined : said.replace(/:$/, '');
}

/** Modules say nothing at night: `ldap3.core.exceptions.LDAPBindError` is an `LDAPBindError`. */
function line(type: string, value: string): string | undefined {
  const name = cut(type.slice(type.lastIndexOf('.') + 1), typeCharsMax);
  const said = cut(value.trim().split('\n', 1)[0] ?? '', valueCharsMax);
  const parts = [name, said].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join(': ');
}
