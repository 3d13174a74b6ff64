import type { HttpFailure } from './http.ts';
import { linkLocalCode, linkLocalDetail } from './link-local.ts';

type FailureReason = HttpFailure['reason'];

const reasonByCode: ReadonlyMap<string, FailureReason> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['EHOSTDOWN', 'refused'],
  ['EADDRNOTAVAIL', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'reset'],
  ['UND_ERR_PRX_CONN', 'refused'],
  [linkLocalCode, 'refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_FAIL', 'dns'],
  ['EAI_NODATA', 'dns'],
  ['EAI_NONAME', 'dns'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_PRX_TLS', 'tls'],
  ['EPROTO', 'tls'],
  // undici reports a proxy that refuses the tunnel as an aborted request.
  ['UND_ERR_ABORTED', 'unavailable'],
]);

/** Names of X.509 verification results (OpenSSL's X509_V_ERR_*) as Node reports them, and of its TLS errors. */
const tlsCode =
  /^(?:CERT_|CRL_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERROR_IN_CERT)/;

/** The failure that an error of a socket, of TLS or of undici stands for. `detail` is the error's code: no message, which may name the host. */
export function failureOf(error: unknown): HttpFailure {
  const code = codeOf(error, 0);
  // undici gives a proxy's 407 the code of a wrong argument.
  if (error instanceof Error && error.message.startsWith('Proxy Authentication Required')) {
    return { kind: 'failure', reason: 'unavailable', detail: 'the proxy answered 407' };
  }
  const detail = code === linkLocalCode ? linkLocalDetail : (code ?? 'no code');
  return { kind: 'failure', reason: reasonOf(code), detail };
}

/** Codes of `errno`, OpenSSL and undici for a connection failure; `protocol` for what is none of them. */
export function reasonOf(code: string | undefined): FailureReason {
  if (code === undefined) return 'protocol';
  return reasonByCode.get(code) ?? (tlsCode.test(code) ? 'tls' : 'protocol');
}

const depthMax = 4;

/** The first code found in the error, its cause or (several addresses were tried) its parts. */
function codeOf(error: unknown, depth: number): string | undefined {
  if (typeof error !== 'object' || error === null || depth > depthMax) return undefined;
  const known = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // undici wraps what happened on the socket: the cause says more than its own word.
  const wrapped = 'cause' in error ? codeOf(error.cause, depth + 1) : undefined;
  if (wrapped !== undefined && reasonOf(wrapped) !== 'protocol') return wrapped;
  if (known !== undefined) return known;
  if (!('errors' in error) || !Array.isArray(error.errors)) return wrapped;
  return error.errors.map((part: unknown) => codeOf(part, depth + 1)).find((code) => code !== undefined) ?? wrapped;
}
