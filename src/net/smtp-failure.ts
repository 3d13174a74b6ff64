import type { Secret } from '../core/secret.ts';
import { shortText } from './classify.ts';
import { failureOf, reasonOf } from './failure.ts';
import type { HttpFailure } from './http.ts';
import { hide } from './scrub.ts';

/** What we log in with. */
export interface Login {
  readonly username: string;
  readonly password: Secret;
}

/** The server's no to one recipient. */
export interface Refusal {
  readonly recipient: string;
  readonly answer: string;
}

/** The server's no to the mail or to us. `code` is the three-digit reply, `text` the whole of it without our password. */
export interface SmtpRefused {
  readonly kind: 'refused';
  readonly stage: 'session' | 'auth' | 'address' | 'content';
  readonly code: number;
  readonly text: string;
}

/** What an error of nodemailer stands for: an answer of the server, or none. */
export function smtpProblem(error: unknown, login: Login | undefined): SmtpRefused | HttpFailure {
  if (!(error instanceof Error)) return failureOf(error);
  const { code, originalCode, responseCode, response, command } = error as SmtpError;
  // A server that does not know STARTTLS says so with a 5xx: that is about the connection, not about the mail.
  if (code === 'ETLS') return { kind: 'failure', reason: 'tls', detail: shortText(response ?? originalCode ?? 'ETLS') };
  if (responseCode !== undefined && response !== undefined) {
    return {
      kind: 'refused',
      stage: stageOf(command ?? ''),
      code: responseCode,
      text: withoutPassword(response, login),
    };
  }
  if (originalCode !== undefined && reasonOf(originalCode) !== 'protocol') {
    return { kind: 'failure', reason: reasonOf(originalCode), detail: originalCode };
  }
  if (code === 'EMESSAGE')
    return { kind: 'refused', stage: 'content', code: 552, text: 'larger than the server takes' };
  const reason = reasonByCode.get(code ?? '');
  return reason === undefined ? failureOf(error) : { kind: 'failure', reason, detail: originalCode ?? code ?? '' };
}

/** What nodemailer puts on its errors; its own types leave some of it out. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

const reasonByCode: ReadonlyMap<string, HttpFailure['reason']> = new Map([
  ['ETIMEDOUT', 'timeout'],
  ['EDNS', 'dns'],
  ['ESOCKET', 'reset'],
  ['ECONNECTION', 'reset'],
  ['EPROTOCOL', 'protocol'],
  ['EAUTH', 'protocol'],
]);

function stageOf(command: string): SmtpRefused['stage'] {
  if (command.startsWith('AUTH')) return 'auth';
  if (command === 'MAIL FROM' || command === 'RCPT TO') return 'address';
  return command === 'DATA' ? 'content' : 'session';
}

/** Some servers repeat what they were sent, as it was or in base64. */
function withoutPassword(text: string, login: Login | undefined): string {
  if (login === undefined) return shortText(text);
  const password = login.password.reveal();
  // A short one is looked for in Base64 only where nothing stands beside it.
  const forms = [`\0${login.username}\0${password}`, password].flatMap((form) => [base64(form), form]);
  return shortText(hide(text, forms));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
