import assert from 'node:assert/strict';
import fc from 'fast-check';
import { knownActions } from '../../src/core/action.ts';
import type { SafeEvent } from '../../src/core/event.ts';
import { safeEvent } from '../support/events.ts';

/** Names as people have them and as attackers make them, none of which stands in an event by itself. */
export const name = fc
  .tuple(
    fc.constantFrom(
      'Zq',
      'Żó',
      'zé',
      'Qx.',
      'q+',
      'ß(',
      '[z',
      'z\\d',
      'z q',
      "o'Z",
      '王明',
      'zليلى',
      '$&q',
      'q|z',
      'q^',
      'ΣςΣ',
      'q  z',
    ),
    fc.stringMatching(/^[a-z]{3}[a-z0-9]{2,8}$/),
    fc.constantFrom('', 'É', '-z', '_q'),
  )
  .map((parts) => `${parts[0]}${parts[1]}vq${parts[2]}`);

/** An event, and the values in it that nobody must see. */
export interface Planted {
  readonly event: SafeEvent;
  readonly values: readonly string[];
}

const asPercent = (text: string): string => encodeURIComponent(text);

const asPercentAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const asJson = (text: string): string => JSON.stringify({ user: { username: text } });

const escaped = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** An event with names and addresses in every place and writing that authentik is known to have, and some more. */
export const planted: fc.Arbitrary<Planted> = fc
  .record({
    user: name,
    other: name,
    typed: name,
    address: fc.oneof(
      fc.ipV4(),
      fc.ipV6().filter((text) => text.length > 8),
    ),
    host: fc.constantFrom('example.org', 'münchen.example', 'localhost'),
    action: fc.constantFrom(...knownActions, 'custom_x'),
  })
  .map(({ user, other, typed, address, host, action }) => {
    const mail = `${user.replaceAll(/[^a-z0-9]/gi, '')}vqz@${host}`;
    const context = {
      username: typed,
      message: `Login of "${user}", ${other.toUpperCase()} and ${mail} from ${address}: refused`,
      reason: `(${user})`,
      http_request: {
        path: `/api/v3/core/users/${asPercent(user)}/?x=${asPercentAll(other)}`,
        args: { query: `next=%2F&login_hint=${asPercent(asPercent(mail))}`, [user]: 'x' },
        user_agent: `Agent (${user}; ${address})`,
      },
      model: { app: 'authentik_core', model_name: 'user', pk: 7, name: other },
      diff: {
        name: { previous_value: other.normalize('NFD'), new_value: user.normalize('NFC') },
        email: { add: [mail] },
      },
      request: {
        obj: { name: `Event action=login user={'username': '${other.replaceAll("'", '')}', 'email': '${mail}'}` },
      },
      exception: [{ exc_type: 'E', exc_value: asJson(user), frames: [{ deep: [escaped(user), `<b>${other}</b>`] }] }],
      to_email: [mail, `${user} <${mail}>`],
      ip: { previous: address, new: '::ffff:198.51.100.77' },
      own: { nested: [user, `${mail};${address}`] },
    };
    const event = safeEvent({
      action,
      user: {
        username: user,
        email: mail,
        pk: 7,
        on_behalf_of: { username: other, pk: 8 },
        authenticated_as: { username: user.toUpperCase() },
      },
      client_ip: address,
      context,
      domain_url: host,
    });
    return { event, values: [user, other, typed, mail, address, '198.51.100.77'] };
  });

/** Lower case writes a sigma by what stands beside it. */
function folded(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

/** Every writing of a value in which somebody could still read it. */
function writings(value: string): readonly string[] {
  const plain = [value, value.normalize('NFC'), value.normalize('NFD')].map(folded);
  return [
    ...new Set(
      plain.flatMap((text) => [text, asPercent(text).toLowerCase(), JSON.stringify(text).slice(1, -1), escaped(text)]),
    ),
  ];
}

/** Fails when an output has one of the values in any writing. */
export function assertGone(outputs: Iterable<readonly [string, string]>, values: readonly string[]): void {
  for (const [target, text] of outputs) {
    const searched = folded(text);
    // Addresses that are quoted with letters beside them are others: 1.2.3.4 in 1.2.3.45.
    for (const writing of values.flatMap(writings)) {
      const at = searched.indexOf(writing);
      assert.ok(at < 0, `${writing} is in ${target}: ${text.slice(Math.max(0, at - 80), at + 80)}`);
    }
  }
}
