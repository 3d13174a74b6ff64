import { createHmac } from 'node:crypto';
import type { Secret } from '../core/secret.ts';

/** The three headers of Standard Webhooks; every secret adds one signature, so that receivers survive a rotation. */
export interface SignatureHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** Signs `id.seconds.body` with HMAC-SHA256 for each secret. `body` is the text before compression: what a receiver's framework hands out. */
export function sign(id: string, nowMs: number, body: Uint8Array, secrets: readonly Secret[]): SignatureHeaders {
  const seconds = String(Math.floor(nowMs / 1000));
  const signatures = secrets.map((secret) => {
    const hmac = createHmac('sha256', signingKey(secret.reveal())).update(`${id}.${seconds}.`).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}

const prefix = 'whsec_';
const keyBytesMin = 24;

/** What is wrong with a signing secret; undefined when it is usable. */
export function secretProblem(secret: Secret): string | undefined {
  const text = secret.reveal();
  if (/^wh[sp]k_/.test(text)) return 'asymmetric keys are not supported; expected whsec_… or a text';
  if (!text.startsWith(prefix)) return undefined;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(prefix.length))) return 'what follows whsec_ must be base64';
  return signingKey(text).length < keyBytesMin
    ? `what follows whsec_ must hold ${keyBytesMin} bytes or more`
    : undefined;
}

/** `whsec_` announces base64, as the specification has it; anything else is taken as it is. */
function signingKey(text: string): Buffer {
  return text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), 'base64') : Buffer.from(text, 'utf8');
}
