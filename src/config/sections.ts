import type { KeyObject } from 'node:crypto';
import type { Secret } from '../core/secret.ts';
import type { Infer, ObjectSchema, StringSchema } from '../core/schema.ts';
import type { Encryption, JournalOptions } from '../journal/journal.ts';
import { parseKey } from '../journal/key.ts';
import { checkRedactOptions, redactOptions, redactSchema, type RedactConfig } from '../redact/options.ts';
import type { LogConfig, ServerConfig } from './config.ts';
import { isLoopback, parseListen } from './listen.ts';
import type { Reader } from './reader.ts';
import { sectionSchemas } from './schema.ts';
import { load } from './value.ts';

/** Reads `instance`; the host name when it is not given. */
export function readInstance(value: unknown, hostname: string, reader: Reader): string {
  return value === undefined ? hostname : (readText(sectionSchemas.instance, 'instance', value, reader) ?? hostname);
}

/** Reads `authentik_url`, without its trailing slash. */
export function readAuthentikUrl(value: unknown, reader: Reader): string | undefined {
  if (value === undefined) return undefined;
  return readText(sectionSchemas.authentik_url, 'authentik_url', value, reader)?.replace(/\/+$/, '');
}

/** Reads `redact`. */
export function readRedact(value: unknown, reader: Reader): RedactConfig {
  const redact = readSection('redact', redactSchema, value, reader);
  for (const { path, message } of checkRedactOptions(redactOptions(redact)))
    reader.foreignProblem(['redact', ...path], message);
  return redact;
}

/** Reads `journal`. */
export function readJournal(value: unknown, reader: Reader): JournalOptions {
  const journal = readSection('journal', sectionSchemas.journal, value, reader);
  if (journal.max_size < journalBytesMin) reader.problem(['journal', 'max_size'], 'must be at least 4MiB');
  if (journal.retention < retentionMsMin) reader.problem(['journal', 'retention'], 'must be at least 1m');
  return {
    path: journal.path,
    retentionMs: journal.retention,
    maxBytes: journal.max_size,
    whenFull: journal.when_full,
    ...(journal.encryption !== undefined && { encryption: readEncryption(journal.encryption, reader) }),
  };
}

/** Reads `journal.encryption`. A key with a mistake is left out, because it is reported. */
function readEncryption(
  { key, previous }: { readonly key?: Secret; readonly previous: readonly Secret[] },
  reader: Reader,
): Encryption {
  const path = ['journal', 'encryption'];
  if (key === undefined && previous.length === 0)
    reader.problem(path, 'needs a "key"; to bring an encrypted journal back to plain text, its key in "previous"');
  const found: KeyObject[] = [];
  const readKey = (secret: Secret, at: readonly (string | number)[]): KeyObject | undefined => {
    const parsed = parseKey(secret);
    if (typeof parsed === 'string') reader.problem([...path, ...at], parsed);
    else if (found.some((other) => other.equals(parsed)))
      reader.problem([...path, ...at], 'this key is here twice: keep one');
    else found.push(parsed);
    return typeof parsed === 'string' ? undefined : parsed;
  };
  return {
    key: key && readKey(key, ['key']),
    previous: previous.flatMap((secret, i) => readKey(secret, ['previous', i]) ?? []),
  };
}

const journalBytesMin = 4 * 1024 * 1024;
const retentionMsMin = 60_000;

/** Reads `server`; undefined when it is switched off. */
export function readServer(value: unknown, reader: Reader): ServerConfig | undefined {
  const server = readSection('server', sectionSchemas.server, value, reader);
  if (server.listen === 'off') return undefined;
  const path = ['server', 'listen'];
  const listen = parseListen(server.listen);
  if (listen === undefined) {
    reader.problem(path, 'not an address: write it as 127.0.0.1:9380, [::1]:9380, :9380 for every address, or "off"');
    return undefined;
  }
  if (!isLoopback(listen.host) && server.token === undefined) {
    reader.problem(
      path,
      'reachable from other machines, so "server.token" is required: set it, or listen on 127.0.0.1',
    );
  }
  if (authentikPorts.has(listen.port)) {
    reader.warning(path, `authentik itself uses port ${listen.port} inside its pod: take another one`);
  }
  return { ...listen, token: server.token };
}

// HTTP, HTTPS and metrics of authentik's server and worker, which share a pod with a sidecar.
const authentikPorts: ReadonlySet<number> = new Set([9000, 9443, 9300]);

/** Reads `log`. */
export function readLog(value: unknown, reader: Reader): LogConfig {
  return readSection('log', sectionSchemas.log, value, reader);
}

function readSection<const S extends ObjectSchema>(name: string, schema: S, value: unknown, reader: Reader): Infer<S> {
  // Defaults stand in for a section with mistakes, so that the rest is checked all the same.
  return load(schema, reader.check(schema, value ?? {}, [name]) ?? {});
}

function readText(schema: StringSchema, name: string, value: unknown, reader: Reader): string | undefined {
  const text = reader.check(schema, value, [name]);
  return typeof text === 'string' ? text : undefined;
}
