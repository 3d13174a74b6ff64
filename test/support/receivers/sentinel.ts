import { isObject, type JsonObject } from '../../../src/core/json.ts';
import { bodyText, strictJson } from './body.ts';
import type { ReceivedRequest, Reply, StandIn } from './http.ts';

export interface SentinelOptions {
  readonly dcrId: string;
  readonly stream: string;
  /** What the rule declares, by name: `string`, `datetime`, `long`, `dynamic`. */
  readonly columns: ReadonlyMap<string, string>;
}

export interface EntraOptions {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly clientAssertion?: string;
  readonly expiresSeconds?: number;
}

export interface Sentinel {
  /** The Logs Ingestion API. */
  readonly standIn: StandIn;
  /** Entra's token endpoint; undefined for requests to anything else. */
  readonly entra: (request: ReceivedRequest) => Reply | undefined;
  readonly rows: readonly JsonObject[];
  /** How many tokens were given out. */
  tokens(): number;
  /** No token given out so far is taken any more. */
  revoke(): void;
}

const requestBytesMax = 1_048_576;
const fieldBytesMax = 64 * 1024;

/**
 * Azure Monitor after "Logs Ingestion API in Azure Monitor" and "Service limits", and Microsoft Entra after "Microsoft identity
 * platform and the OAuth 2.0 client credentials flow".
 */
export function createSentinel({ dcrId, stream, columns }: SentinelOptions, entra: EntraOptions): Sentinel {
  const rows: JsonObject[] = [];
  let given = 0;
  let valid = new Set<string>();
  return {
    rows,
    tokens: () => given,
    revoke: () => void (valid = new Set()),
    entra(request) {
      if (!request.path.includes('/oauth2/')) return undefined;
      const problem = problemOf(request, entra);
      if (problem !== undefined) return problem;
      given += 1;
      const token = `eyJ0eXAiOiJKV1Qi.${given}`;
      valid.add(token);
      const body = { token_type: 'Bearer', expires_in: entra.expiresSeconds ?? 3599, access_token: token };
      return { status: 200, body: JSON.stringify(body) };
    },
    standIn(request) {
      const { headers, method, path } = request;
      const token = headers['authorization']?.replace(/^Bearer /, '') ?? '';
      if (!valid.has(token)) return refuse(401, 'InvalidAuthorizationToken', 'The access token is invalid.');
      const { pathname, searchParams } = new URL(path, 'http://azure');
      if (searchParams.get('api-version') !== '2023-01-01')
        return refuse(400, 'MissingApiVersionParameter', 'api-version');
      const [, , rule, , name] = pathname.split('/');
      if (method !== 'POST' || rule !== dcrId) {
        return refuse(404, 'NotFound', `Data collection rule with immutable Id '${rule}' not found.`);
      }
      if (name !== stream) return refuse(400, 'InvalidStream', `The stream '${name}' was not configured in the rule`);
      if (headers['content-type'] !== 'application/json') return refuse(415, 'UnsupportedMediaType', 'Content-Type');
      const text = bodyText(request);
      if (request.body.length > requestBytesMax || Buffer.byteLength(text ?? '') > requestBytesMax) {
        return refuse(413, 'ContentLengthLimitExceeded', 'Maximum allowed content length: 1048576 bytes (1 MB).');
      }
      const body = text === undefined ? undefined : strictJson(text);
      if (!Array.isArray(body) || !body.every(isRow))
        return refuse(400, 'InvalidPayload', 'not an array of the rows of the rule');
      rows.push(...body);
      return { status: 204 };
    },
  };

  function isRow(row: unknown): row is JsonObject {
    return (
      isObject(row) &&
      row['TimeGenerated'] !== undefined &&
      Object.entries(row).every(([name, value]) => {
        const fits = Buffer.byteLength(JSON.stringify(value)) <= fieldBytesMax;
        return fits && isOfType(value, columns.get(name));
      })
    );
  }
}

function isOfType(value: unknown, type: string | undefined): boolean {
  if (type === 'long') return Number.isSafeInteger(value);
  if (type === 'dynamic') return true;
  if (type === 'datetime') return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return type === 'string' && typeof value === 'string';
}

function problemOf({ path, body, headers }: ReceivedRequest, options: EntraOptions): Reply | undefined {
  const form = new URLSearchParams(body.toString());
  if (headers['content-type'] !== 'application/x-www-form-urlencoded')
    return oauth(400, 'invalid_request', 'AADSTS900144: no body');
  if (path !== `/${options.tenantId}/oauth2/v2.0/token`)
    return oauth(400, 'invalid_request', "AADSTS90002: Tenant 'x' not found.");
  if (form.get('grant_type') !== 'client_credentials') return oauth(400, 'unsupported_grant_type', 'AADSTS70003');
  if (form.get('scope') !== 'https://monitor.azure.com/.default') return oauth(400, 'invalid_scope', 'AADSTS70011');
  if (form.get('client_id') !== options.clientId)
    return oauth(400, 'unauthorized_client', 'AADSTS700016: Application not found.');
  const asserted =
    form.get('client_assertion') === options.clientAssertion &&
    form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  if (options.clientAssertion === undefined ? form.get('client_secret') === options.clientSecret : asserted)
    return undefined;
  return oauth(
    401,
    'invalid_client',
    `AADSTS7000215: Invalid client secret provided. Trace ID: 1234 ${form.get('client_secret') ?? ''}`,
  );
}

function oauth(status: number, error: string, description: string): Reply {
  return { status, body: JSON.stringify({ error, error_description: description, error_codes: [1] }) };
}

function refuse(status: number, code: string, message: string): Reply {
  return { status, body: JSON.stringify({ error: { code, message } }) };
}
