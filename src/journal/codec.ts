import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import { CorruptError } from './failure.ts';
import type { Encryption } from './journal.ts';
import { derivedKeys, type DerivedKeys } from './key.ts';

/**
 * Where a record belongs: its table and column, the number of its row, and what else its row is known by. A record vouches for its
 * place, so that none can stand in for another.
 */
export type Place = readonly [
  kind: 'event' | 'detail' | 'title' | 'summary' | 'rule_state' | 'rule_log',
  row: number,
  name: string,
];

/** How a record is written: `plain`, or encrypted by the key with this id. */
export type Form = string;

export const plain: Form = 'plain';

/** What text of events passes through on its way to the disk and back. */
export interface Codec {
  /** How records are written now. */
  readonly form: Form;
  /** All forms that can be read. */
  readonly forms: ReadonlySet<Form>;
  seal(place: Place, bytes: Buffer): Uint8Array;
  sealText(place: Place, text: string): string | Uint8Array;
  /** Throws CorruptError for a record that was changed or belongs elsewhere, as for one of an unknown key. */
  open(place: Place, stored: Buffer): Buffer;
  openText(place: Place, stored: SQLInputValue): string;
  /** What a name is called on disk, in the form of now and in all others, where rows are looked up by it. */
  tokens(name: string): readonly [string, ...string[]];
}

/*
 * A record: version (1 byte), key id (4), salt (16), counter (6), the text under AES-256-GCM, tag (16).
 *
 * A nonce must never come twice under one key, also when the database is put back to an earlier state and numbers of rows come again.
 * So nothing about the nonce depends on the database: each opening of the journal draws a salt, makes a key of its own from it (HKDF), and
 * counts. Random nonces of 96 bits would need the key exchanged after 2^32 records, which is five days of a busy journal.
 */
const version = 1;
const idEnd = 5;
const saltEnd = 21;
const headBytes = 27;
const tagBytes = 16;
const counterBytes = 6;
const cipher = 'aes-256-gcm';

/** Keys of single openings that are kept at hand; each costs some 10 µs to make again. */
const recordKeysMax = 64;

/** How the stored value was written. */
export function formOf(stored: SQLInputValue): Form {
  return stored instanceof Uint8Array && isRecord(stored) ? bufferOf(stored).toString('hex', 1, idEnd) : plain;
}

/** Text of events and of JSON begins with another byte. */
function isRecord(stored: Uint8Array): boolean {
  return stored[0] === version && stored.length >= headBytes + tagBytes;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Draws the salt of this opening. Without encryption everything is written and read as it is. */
export function createCodec(encryption: Encryption | undefined): Codec {
  const current = encryption?.key && derivedKeys(encryption.key);
  const ring = [...(current === undefined ? [] : [current]), ...(encryption?.previous ?? []).map(derivedKeys)];
  const open = createOpen(ring);
  const seal = current === undefined ? (_: Place, bytes: Buffer) => bytes : createSeal(current);
  return {
    form: current?.id ?? plain,
    forms: new Set([plain, ...ring.map(({ id }) => id)]),
    seal,
    sealText: current === undefined ? (_, text) => text : (place, text) => seal(place, Buffer.from(text)),
    open,
    openText(place, stored) {
      if (typeof stored === 'string') return stored;
      if (!(stored instanceof Uint8Array) || formOf(stored) === plain)
        throw new CorruptError(`${nameOf(place)} is no text`);
      return open(place, bufferOf(stored)).toString();
    },
    tokens(name) {
      const [newest, ...others] = ring.map((keys) => keys.token(name));
      if (newest === undefined) return [name];
      return current === undefined ? [name, newest, ...others] : [newest, ...others, name];
    },
  };
}

function createSeal(keys: DerivedKeys): (place: Place, bytes: Buffer) => Uint8Array {
  const salt = randomBytes(saltEnd - idEnd);
  const key = keys.recordKey(salt);
  const head = Buffer.concat([Buffer.of(version), Buffer.from(keys.id, 'hex'), salt]);
  const nonce = Buffer.alloc(12);
  let counter = 0;
  return (place, bytes) => {
    counter += 1;
    nonce.writeUIntBE(counter, nonce.length - counterBytes, counterBytes);
    const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
    sealing.setAAD(placeBytes(place));
    const record = Buffer.allocUnsafe(headBytes + bytes.length + tagBytes);
    record.set(head, 0);
    record.writeUIntBE(counter, saltEnd, counterBytes);
    record.set(sealing.update(bytes), headBytes);
    sealing.final();
    record.set(sealing.getAuthTag(), headBytes + bytes.length);
    return record;
  };
}

function createOpen(ring: readonly DerivedKeys[]): Codec['open'] {
  const byId = new Map(ring.map((keys) => [keys.id, keys]));
  const recordKeys = new Map<string, KeyObject>();

  function recordKey(place: Place, stored: Buffer): KeyObject {
    const name = stored.toString('latin1', 1, saltEnd);
    const known = recordKeys.get(name);
    if (known !== undefined) return known;
    const id = stored.toString('hex', 1, idEnd);
    const keys = byId.get(id);
    if (keys === undefined)
      throw new CorruptError(`${nameOf(place)} is encrypted with the key ${id}, which is not configured`);
    if (recordKeys.size >= recordKeysMax) recordKeys.clear();
    const made = keys.recordKey(stored.subarray(idEnd, saltEnd));
    recordKeys.set(name, made);
    return made;
  }

  return (place, stored) => {
    if (!isRecord(stored)) return stored;
    const nonce = Buffer.alloc(12);
    stored.copy(nonce, nonce.length - counterBytes, saltEnd, headBytes);
    const opening = createDecipheriv(cipher, recordKey(place, stored), nonce, { authTagLength: tagBytes });
    opening.setAAD(placeBytes(place));
    opening.setAuthTag(stored.subarray(stored.length - tagBytes));
    const bytes = opening.update(stored.subarray(headBytes, stored.length - tagBytes));
    try {
      opening.final();
    } catch (error) {
      throw new CorruptError(`${nameOf(place)} was changed on disk, or moved there from another place`, {
        cause: error,
      });
    }
    return bytes;
  };
}

function placeBytes([kind, row, name]: Place): Buffer {
  return Buffer.from(`${kind} ${row} ${name}`);
}

function nameOf([kind, row]: Place): string {
  return `${kind} ${row}`;
}
