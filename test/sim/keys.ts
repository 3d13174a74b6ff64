import assert from 'node:assert/strict';
import { createDecipheriv, createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Encryption } from '../../src/journal/journal.ts';
import { addresses, type Dice, type Plan } from './plan.ts';

/** What one life is given to read and write the journal with. */
export interface Keys {
  readonly encryption: Encryption | undefined;
  /** The text of a stored record that may be encrypted. */
  read(place: string, stored: Uint8Array): string;
}

const all = [1, 2].map((n) => createSecretKey(createHash('sha256').update(`simulation ${n}`).digest()));

export const noKeys: Keys = { encryption: undefined, read: readRecord };

/** With a plan that changes keys, some lives go back to plain text. Records of all others can be read. */
export function drawKeys({ keys }: Plan, dice: Dice): Keys {
  if (keys === 'none') return noKeys;
  const key = keys === 'one' ? all[0] : dice.pick([undefined, ...all]);
  const previous = keys === 'one' ? [] : all.filter((one) => one !== key);
  return { encryption: { key, previous }, read: readRecord };
}

const texts = ['"username"', ...addresses.filter((address) => address !== '')];

/** Files of a journal that is encrypted throughout have nothing in them of what events say. */
export function assertSealed(files: Iterable<Buffer>): void {
  for (const file of files)
    for (const text of texts) assert.ok(!file.includes(text), `${text} is in a file of an encrypted journal`);
}

/** A record by its description: version, key id (4 bytes), salt (16), counter (6), AES-256-GCM of the text, tag (16). */
function readRecord(place: string, stored: Uint8Array): string {
  const record = Buffer.from(stored);
  if (record[0] !== 1) return record.toString();
  const head = record.toString('latin1', 1, 21);
  const recordKey = recordKeys.get(head) ?? recordKeyOf(record, place);
  recordKeys.set(head, recordKey);
  const nonce = Buffer.concat([Buffer.alloc(6), record.subarray(21, 27)]);
  const opening = createDecipheriv('aes-256-gcm', recordKey, nonce, { authTagLength: 16 });
  opening.setAAD(Buffer.from(place));
  opening.setAuthTag(record.subarray(-16));
  return Buffer.concat([opening.update(record.subarray(27, -16)), opening.final()]).toString();
}

/** By key id and salt: to derive one takes longer than to read a record. */
const recordKeys = new Map<string, Buffer>();

function recordKeyOf(record: Buffer, place: string): Buffer {
  const key = all.find((one) => derived(one, '', 'id', 4).equals(record.subarray(1, 5)));
  assert.ok(key !== undefined, `${place} is encrypted with a key that nobody has`);
  return derived(key, record.subarray(5, 21), 'records', 32);
}

function derived(key: KeyObject, salt: Uint8Array | string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `herald journal 1 ${purpose}`, bytes));
}
