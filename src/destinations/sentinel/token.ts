import type { SendResult } from '../../core/delivery.ts';
import { asText, get } from '../../core/json.ts';
import type { Secret } from '../../core/secret.ts';
import { held, shortText } from '../../net/classify.ts';
import type { HttpClient, HttpReply } from '../../net/http.ts';
import { jsonBody } from '../../net/json-body.ts';
import { classifyBatch } from '../batch/reply.ts';

/** Who asks Microsoft Entra for a token, and where. */
export interface Identity {
  readonly authority: string;
  readonly tenant_id: string;
  readonly client_id: string;
  readonly client_secret?: Secret;
  /** The token of a workload identity, instead of a secret. */
  readonly client_assertion?: Secret;
  readonly scope: string;
}

/** A token, or why there is none. */
export type Token =
  { readonly kind: 'token'; readonly value: string } | { readonly kind: 'none'; readonly result: SendResult };

export interface TokenSource {
  /** The token at hand, or a new one when that one is about to expire. */
  get(client: HttpClient, nowMs: number, signal: AbortSignal): Promise<Token>;
  /** The service did not take the token: the next one is new. */
  forget(): void;
}

/** A token lives about an hour; this long before its end a new one is fetched. */
const refreshMs = 5 * 60_000;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Tokens by the client credentials grant, kept in memory. */
export function createTokenSource(identity: Identity): TokenSource {
  let current: { readonly value: string; readonly expiresAtMs: number } | undefined;
  return {
    async get(client, nowMs, signal) {
      if (current !== undefined && nowMs < current.expiresAtMs - refreshMs)
        return { kind: 'token', value: current.value };
      const fetched = await fetchToken(identity, client, nowMs, signal);
      if ('value' in fetched) {
        current = fetched;
        return { kind: 'token', value: fetched.value };
      }
      // Entra may be away for a while: the old token serves to its end.
      if (current !== undefined && nowMs < current.expiresAtMs) return { kind: 'token', value: current.value };
      return { kind: 'none', result: fetched.failure };
    },
    forget() {
      current = undefined;
    },
  };
}

async function fetchToken(
  { authority, tenant_id, client_id, client_secret, client_assertion, scope }: Identity,
  client: HttpClient,
  nowMs: number,
  signal: AbortSignal,
): Promise<{ readonly value: string; readonly expiresAtMs: number } | { readonly failure: SendResult }> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, scope });
  if (client_secret !== undefined) form.set('client_secret', client_secret.reveal());
  if (client_assertion !== undefined) {
    form.set('client_assertion_type', assertionType);
    form.set('client_assertion', client_assertion.reveal());
  }
  const reply = await client.request({
    method: 'POST',
    url: `${authority}/${encodeURIComponent(tenant_id)}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
    secrets: [client_secret, client_assertion].filter((secret) => secret !== undefined),
    signal,
  });
  if (reply.kind === 'failure') return { failure: classifyBatch(reply, nowMs, 1) };
  const body = jsonBody(reply.body);
  const value = asText(get(body, 'access_token'));
  const expiresSeconds = Number(get(body, 'expires_in'));
  if (reply.status === 200 && value !== undefined && /^[\x21-\x7e]+$/.test(value) && expiresSeconds > 0) {
    return { value, expiresAtMs: nowMs + expiresSeconds * 1000 };
  }
  return { failure: refused(reply, nowMs) };
}

/** Entra answers 400 and 401 to what is wrong with the application, its secret or its tenant: people repair that. */
function refused(reply: HttpReply, nowMs: number): SendResult {
  const body = jsonBody(reply.body);
  const error = asText(get(body, 'error'));
  if (error === undefined || reply.status === 429 || reply.status >= 500) return classifyBatch(reply, nowMs, 1);
  // Behind the first sentence there are numbers of traces.
  const [words = ''] = (asText(get(body, 'error_description')) ?? '').split(/ Trace ID:|[\r\n]/, 1);
  return held(shortText(`no token from Entra: ${error}: ${words}`));
}
