import type { Reason } from '../core/delivery.ts';
import type { Secret } from '../core/secret.ts';

export interface HttpRequestOptions {
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
  /** What in the body is secret: an answer that repeats it is masked, like the address and the headers. */
  readonly secrets?: readonly Secret[];
}

/** A finished answer: the body is read to its end or its cap, nothing is left to drain. Header names in lower case. */
export interface HttpReply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  /** At most `bodyBytesMax` bytes; the rest is dropped. */
  readonly body: string;
}

/** No answer. `reason` is of the closed set; `detail` names the error's code, never the URL. */
export interface HttpFailure {
  readonly kind: 'failure';
  readonly reason: Extract<Reason, 'timeout' | 'refused' | 'reset' | 'dns' | 'tls' | 'protocol' | 'unavailable'>;
  readonly detail: string;
}

export interface HttpClient {
  /** One request, never retried, no redirect followed. Resolves in any case; aborting ends it at once as a failure. */
  request(options: HttpRequestOptions): Promise<HttpReply | HttpFailure>;
  close(): Promise<void>;
}
