import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { standingHerald, type Finished } from '../cli/standing.ts';
import { createSearch } from '../support/search.ts';
import { base64, inEvents, type Secrets } from './planted-scene.ts';

/** The text as it is and with the escapes of URLs, JSON and HTML taken off, up to three times. */
export function readings(text: string): readonly string[] {
  const all = [text];
  for (let at = 0; at < 3; at += 1) {
    const last = all.at(-1) ?? '';
    const next = last
      .replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll(/\\(?:u([\da-f]{4})|(["\\/]))/gi, (_, hex?: string, char?: string) =>
        hex === undefined ? (char ?? '') : String.fromCharCode(parseInt(hex, 16)),
      )
      .replaceAll(/&(?:#(\d+)|(amp|quot|lt|gt));/g, (_, code?: string, name?: string) =>
        code === undefined
          ? ({ amp: '&', quot: '"', lt: '<', gt: '>' }[name ?? ''] ?? '')
          : String.fromCharCode(Number(code)),
      );
    if (next === last) break;
    all.push(next);
  }
  return all;
}

/** What a secret looks like in Base64, wherever in the encoded text it begins. */
export function inBase64(secret: string): readonly string[] {
  return [0, 1, 2].map((before) => base64('x'.repeat(before) + secret).slice(before === 0 ? 0 : 4, -4));
}

/** The secrets that stand in one of the texts: herald's own also in Base64, which services make of what they were sent. */
export function found(texts: readonly string[], secrets: Secrets): readonly string[] {
  const forms = (secret: string): readonly string[] =>
    secrets === inEvents ? [secret] : [secret, ...inBase64(secret)];
  const told = new Map(
    [...secrets].flatMap(([secret, where]) => forms(secret).map((form) => [form, `${where}: ${secret}`] as const)),
  );
  const search = createSearch(told.keys());
  return [...new Set(texts.flatMap((text) => [...search(text)].map((form) => told.get(form) ?? form)))];
}

export function journalBytes(folder: string): string {
  return readdirSync(join(folder, 'journal'))
    .map((name) => readFileSync(join(folder, 'journal', name), 'latin1'))
    .join('\n');
}

export function assertNothing(said: ReadonlyMap<string, string>, secrets: readonly Secrets[]): void {
  for (const [what, text] of said) {
    const texts = readings(text);
    for (const set of secrets) assert.deepEqual(found(texts, set), [], what);
  }
}

/** Commands say something, and nothing of the secrets. */
export async function assertSilent(
  folder: string,
  commands: readonly (readonly string[])[],
  secrets: readonly Secrets[],
): Promise<readonly Finished[]> {
  const finished = await Promise.all(commands.map((args) => standingHerald(folder, ['--debug', ...args])));
  for (const [at, { stdout, stderr }] of finished.entries()) {
    const args = commands[at]?.join(' ') ?? '';
    assert.notEqual(stdout + stderr, '', args);
    assertNothing(new Map([[args, stdout + stderr]]), secrets);
  }
  return finished;
}
