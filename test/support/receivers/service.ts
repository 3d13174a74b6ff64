import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { load } from '../../../src/config/value.ts';
import { isObject } from '../../../src/core/json.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { ObjectSchema } from '../../../src/core/schema.ts';
import type { DestinationKind, Failure } from '../../../src/destinations/destination.ts';
import type { ServerCertificate } from './certificates.ts';
import type { Written } from './destination.ts';
import {
  answer,
  garbage,
  hang,
  huge,
  neverEnding,
  played,
  reset,
  resetInBody,
  startHttpReceiver,
  type Answer,
  type ReceivedRequest,
} from './http.ts';
import { standIns } from './stand-ins.ts';
import { startSmtpReceiver, type SmtpScript } from './smtp.ts';
import { startSyslogReceiver, type SyslogScript } from './syslog.ts';

/** What can happen to one attempt, whatever the protocol. */
export const situations = [
  'fine',
  'throttled',
  'throttled until a date',
  'failing',
  'unauthorized',
  'forbidden',
  'gone',
  'redirected',
  'lost',
  'lost in the answer',
  'silent',
  'silent in the answer',
  'garbage',
  'huge',
  'echo',
  'echo of the body',
] as const;
export type Situation = (typeof situations)[number];

/** An answer out of a kind's failure table. */
export type Sample = NonNullable<Failure['sample']>;

/** The far end of a destination, played by a real server on 127.0.0.1. */
export interface Service {
  /** The kind's example, pointed here. */
  readonly options: Written;
  /** False when the protocol has no such situation. */
  can(situation: Situation): boolean;
  say(situation: Situation): void;
  /** Answers like the sample of a failure table from now on. */
  play(sample: Sample): void;
  /** Requests or mails that came, whatever was answered. */
  attempts(): number;
  /** Resolves when the attempt that is to hang is here. */
  reached(): Promise<void>;
  /** All that came, as text: addresses, headers and bodies. */
  arrived(): string;
  connections(): number;
  /** Connections ever opened. */
  accepted(): number;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** The far ends of the kinds that speak no HTTP, by type. */
const services: ReadonlyMap<string, (example: Written) => Promise<Service>> = new Map([
  ['smtp', startSmtpService],
  ['syslog', startSyslogService],
]);

/** The far end of a kind; undefined for one that stays in the process. */
export async function startService(kind: DestinationKind): Promise<Service | undefined> {
  return speaksHttp(kind) ? startHttpService(kind) : services.get(kind.type)?.(kind.example);
}

/** True for a kind that needs a network. */
export function isRemote(kind: DestinationKind): boolean {
  return speaksHttp(kind) || services.has(kind.type);
}

/** True for a kind that speaks HTTP: it has a `url`. */
export function speaksHttp({ schema }: DestinationKind): boolean {
  return Object.hasOwn(schema.properties, 'url');
}

/** The far end of a kind that speaks HTTP; over TLS with a certificate, and with `clientCa` for those who have one too. */
export async function startHttpService(
  { type, schema, example }: DestinationKind,
  tls?: ServerCertificate & { readonly clientCa?: string },
): Promise<Service> {
  const service = standIns.get(type);
  const receiver = await startHttpReceiver(tls, service?.aside);
  const options = service?.point?.(example, receiver.url) ?? {
    ...example,
    url: withOrigin(urlOf(schema, example), receiver.url),
  };
  const answers: { readonly [S in Situation]: Answer } = {
    fine: service === undefined ? answer(200, 'ok') : played(service.create(options)),
    throttled: answer(429, 'slow down', { 'retry-after': '7' }),
    'throttled until a date': answer(429, '', { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }),
    failing: answer(503, 'try later'),
    unauthorized: answer(401, 'who?'),
    forbidden: answer(403, 'no'),
    gone: answer(410, 'gone'),
    redirected: answer(307, '', { location: `${receiver.url}/elsewhere` }),
    lost: reset,
    'lost in the answer': resetInBody,
    silent: hang,
    'silent in the answer': neverEnding,
    garbage,
    huge: huge(503, 50 * 1024 * 1024),
    echo: (response) => {
      const { method, url, headers } = response.req;
      response.writeHead(400).end(`Cannot ${method} ${url}: ${JSON.stringify(headers)}`);
    },
    'echo of the body': (response, _socket, { body }) => void response.writeHead(400).end(body),
  };
  receiver.script(answers.fine);
  return {
    ...receiver,
    options,
    can: () => true,
    say: (situation) => {
      receiver.script(answers[situation]);
    },
    play: (sample) => {
      assert.ok('status' in sample, 'an HTTP kind has HTTP samples');
      receiver.script(answer(sample.status, sample.body, sample.headers));
    },
    attempts: () => receiver.requests.length,
    arrived: () => receiver.requests.map(textOf).join('\n'),
    reached: () => receiver.received(receiver.requests.length + 1),
  };
}

function textOf({ path, headers, body }: ReceivedRequest): string {
  const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return [path, JSON.stringify(headers), bytes.toString('utf8')].join('\n');
}

/** The address that the kind would use: the one in the example, else its default. */
function urlOf(schema: ObjectSchema, written: Written): string {
  const options: unknown = load(schema, written);
  const url = isObject(options) ? options['url'] : undefined;
  if (url instanceof Secret) return url.reveal();
  assert.ok(typeof url === 'string', 'an HTTP kind has an address');
  return url;
}

function withOrigin(url: string, origin: string): string {
  const { pathname, search } = new URL(url);
  return origin + pathname + search;
}

async function startSmtpService(example: Written): Promise<Service> {
  const receiver = await startSmtpReceiver();
  const password = String(example['password']);
  const scripts: { readonly [S in Situation]?: SmtpScript } = {
    fine: {},
    throttled: { MAIL: '450 4.7.1 too many' },
    failing: { MESSAGE: '451 4.3.0 try later' },
    unauthorized: { AUTH: '535 5.7.8 who?' },
    forbidden: { MAIL: '530 5.7.0 log in first' },
    gone: { RCPT: '550 5.1.1 nobody' },
    lost: { MAIL: 'reset' },
    'lost in the answer': { MESSAGE: 'reset' },
    silent: { MAIL: 'hang' },
    'silent in the answer': { MESSAGE: 'hang' },
    garbage: { GREETING: 'HTTP/1.1 400 Bad Request' },
    huge: { MAIL: `450-${'x'.repeat(1024 * 1024)}` },
    echo: { AUTH: `535 5.7.8 no: ${password} ${Buffer.from(password).toString('base64')}` },
  };
  return {
    ...receiver,
    options: { ...example, host: '127.0.0.1', port: receiver.port, tls: 'none' },
    can: (situation) => scripts[situation] !== undefined,
    say: (situation) => {
      receiver.script(scripts[situation] ?? {});
    },
    play: (sample) => {
      assert.ok('command' in sample, 'a kind that speaks SMTP has replies as samples');
      receiver.script({ [sample.command]: sample.reply });
    },
    attempts: () => receiver.mails.length,
    arrived: () => receiver.mails.map(({ from, to, message }) => [from, ...to, message].join('\n')).join('\n'),
    reached: () => receiver.received('MAIL'),
  };
}

/** Without TLS, because the contract's destinations know no authority. Syslog has no answers: a connection can only end. */
async function startSyslogService(example: Written): Promise<Service> {
  const receiver = await startSyslogReceiver();
  const scripts: { readonly [S in Situation]?: SyslogScript } = {
    fine: 'read',
    lost: 'reset',
    'lost in the answer': 'end',
  };
  return {
    ...receiver,
    options: { ...example, host: '127.0.0.1', port: receiver.port, transport: 'tcp' },
    can: (situation) => scripts[situation] !== undefined,
    say: (situation) => {
      receiver.script(scripts[situation] ?? 'read');
    },
    play: () => assert.fail('syslog has no answers'),
    attempts: () => receiver.accepted(),
    arrived: () => receiver.messages.join('\n'),
  };
}
