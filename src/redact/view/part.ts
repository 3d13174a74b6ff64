import { hiddenMark } from '../../core/stand-in.ts';
import { canonicalAddress } from './address.ts';
import type { Identity } from './known.ts';
import { asReading, isOneOf, isPath, mayRead } from './reads.ts';
import type { StandIn } from './stand-in.ts';

/** Paths whose values say what happened, with what and whence, not to whom. What identifies somebody in them is found by its form. */
const harmless: ReadonlySet<string> = new Set(
  (
    'action app at domain_url schema_name request_id model.app model.model_name http.method http.path http.user_agent http.request_id ' +
    'context.auth_method context.device_class context.device_type context.logout_reason context.new_version context.scopes context.type'
  ).split(' '),
);
/** Objects that administrators name, and what they are named by. */
const harmlessObjects: ReadonlySet<string> = new Set(
  ['context.provider', 'context.auth_method_args.provider', 'context.stage', 'context.flow'].flatMap((object) =>
    ['app', 'model_name', 'name', 'slug'].map((key) => `${object}.${key}`),
  ),
);
/** Readings and keys of those of which all is harmless. */
const harmlessBelow: ReadonlySet<string> = new Set(['application', 'geo', 'asn', 'origin']);

/** What expressions themselves say of their values. */
const saying: readonly (readonly [RegExp, Identity])[] = [
  [/username|identifier/i, 'name'],
  [/email/i, 'mail'],
  [/(?:^|[^a-z])(?:client_)?ip(?:$|[^a-z])/i, 'address'],
];

/** Numbers and ids of objects, and answers. */
const noText = /^(?:true|false|\d{1,20}|[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12})$/i;
const mayBeNoText = /(?:^|[._])(?:pk|id|uuid|is_[a-z_]+|known_device)$/;

/**
 * What the value of an expression is by which a rule tells events apart: `user.username`, `event.model.name + "!"`. An event of
 * herald's own has that value without the event that it came from, so all that is not known to be harmless counts as somebody's,
 * by its form a mail address, an address or a name. Undefined for what is harmless.
 */
export function identityOfPart(expression: string, value: string): Identity | undefined {
  const said = identitySaid(expression);
  if (said !== undefined) return said;
  if (isHarmless(expression, value)) return undefined;
  if (canonicalAddress(value) !== undefined) return 'address';
  return value.includes('@') ? 'mail' : 'name';
}

/**
 * What stands for a value that an alert counts by, where further fields have pseudonyms: the one of its field, and something hidden for
 * all that may hold such a value inside.
 */
export function standInOfPart(
  value: string,
  expression: string,
  fields: readonly (readonly string[])[],
  standIn: StandIn,
): string | undefined {
  if (isOneOf(expression, fields)) return standIn('value', value);
  const identity = identityOfPart(expression, value);
  const isAnyText = identity !== undefined && identitySaid(expression) === undefined;
  if (!isAnyText && !isClientText(expression) && !mayRead(expression, fields)) return undefined;
  return (identity === undefined ? undefined : standIn(identity, value)) ?? hiddenMark;
}

/** Whether an expression reads a text of the client's making, in which the value of any field may stand. */
export function isClientText(expression: string): boolean {
  return /^http\.(?:path|user_agent)$/.test(asReading(expression));
}

/** What an expression says of its value by the names in it; undefined when it says nothing. */
function identitySaid(expression: string): Identity | undefined {
  return saying.find(([said]) => said.test(expression))?.[1];
}

function isHarmless(expression: string, value: string): boolean {
  if (!isPath(expression)) return false;
  if (noText.test(value) && mayBeNoText.test(expression)) return true;
  const read = asReading(expression);
  return harmless.has(read) || harmlessObjects.has(read) || harmlessBelow.has(read.split('.', 1)[0] ?? '');
}
