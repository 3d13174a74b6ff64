import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../../core/errors.ts';

/** What a request proves itself with, and checks the server by. */
export interface Credentials {
  readonly token: string;
  /** PEM text. */
  readonly ca: string;
}

/**
 * The credentials in a service account's folder as they are now: the kubelet writes a new token there long before the old one
 * ends. Rejects with OperationalError that says which file is missing.
 */
export async function readCredentials(folder: string): Promise<Credentials> {
  const [token, ca] = await Promise.all([readText(folder, 'token'), readText(folder, 'ca.crt')]);
  return { token, ca };
}

/** The namespace that the service account belongs to: the pod's own. Rejects as {@link readCredentials} does. */
export function readNamespace(folder: string): Promise<string> {
  return readText(folder, 'namespace');
}

async function readText(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const hint = 'is automountServiceAccountToken off, or does "service_account" name another folder?';
    throw new OperationalError('permission', `cannot read ${path} (${code}): ${hint}`, { cause: error });
  }
}
