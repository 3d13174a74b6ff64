import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { keyBytes, looksRandom } from '../core/key-text.ts';
import type { Secret } from '../core/secret.ts';

const keyLength = 32;

/**
 * The key that a text of the configuration spells, 32 bytes as hexadecimal digits or in base64 (also its URL form, with or without
 * padding); a sentence on what is wrong otherwise, which does not quote it.
 */
export function parseKey(secret: Secret): KeyObject | string {
  const text = secret.reveal().trim();
  const bytes = keyBytes(text);
  // So many bytes are padded with one sign at most.
  if (bytes?.length !== keyLength || text.endsWith('==')) {
    const length = `it has ${text.length} ${text.length === 1 ? 'character' : 'characters'}`;
    return `must be ${keyLength} random bytes, as 64 hexadecimal digits or 44 characters of base64 (${length}): ${remedy}`;
  }
  return looksRandom(bytes) ? createSecretKey(bytes) : `is no random key: ${remedy}`;
}

const remedy = 'make one with "openssl rand -base64 32"';

/** What is made of a key; the key itself encrypts nothing. */
export interface DerivedKeys {
  /** Names the key in records and messages: 8 hexadecimal digits that tell nothing about it. */
  readonly id: string;
  /** The key of all records that were written under this salt. */
  recordKey(salt: Uint8Array): KeyObject;
  /** What stands for a name where equal names must be found: 32 hexadecimal digits. */
  token(name: string): string;
}

export function derivedKeys(key: KeyObject): DerivedKeys {
  const names = derive(key, '', 'names', keyLength);
  return {
    id: derive(key, '', 'id', 4).toString('hex'),
    recordKey: (salt) => createSecretKey(derive(key, salt, 'records', keyLength)),
    token: (name) => createHmac('sha256', names).update(name).digest('hex').slice(0, 32),
  };
}

function derive(key: KeyObject, salt: Uint8Array | string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `herald journal 1 ${purpose}`, bytes));
}
