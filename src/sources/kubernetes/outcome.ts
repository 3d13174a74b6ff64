/** The API server's No, in its own words. */
export interface Refusal {
  readonly status: 'refused';
  readonly code: number;
  readonly message: string;
  /** How long it asks to wait. */
  readonly afterMs?: number;
}

/** No answer, or one that was cut off. `reason` is of a closed set; `detail` names the error's code. */
export interface Failure {
  readonly status: 'failed';
  readonly reason: string;
  readonly detail: string;
  readonly afterMs?: undefined;
}

/** How a request came to its end. `ended`: the body was read whole. `quiet`: it brought nothing for too long. */
export type Outcome = { readonly status: 'ended' } | { readonly status: 'quiet' } | Refusal | Failure;

/** What the API was asked for, as RBAC names it. */
export interface Access {
  readonly verb: 'list' | 'watch' | 'get';
  readonly resource: 'pods' | 'pods/log';
  readonly namespace: string;
}

/** True for a No that waiting does not change: the question or the permissions must. */
export function isPermanent(end: Refusal | Failure): end is Refusal {
  return end.status === 'refused' && [400, 403, 404, 405, 422].includes(end.code);
}

/** What to tell the operator about a request that brought nothing, and for 401 and 403, what to change. */
export function explain(end: Refusal | Failure, { verb, resource, namespace }: Access): string {
  if (end.status === 'failed') return `no answer from the API server: ${end.reason} (${end.detail})`;
  const { code, message } = end;
  if (code === 401) return `the API server does not accept the service account's token (401): ${message}`;
  if (code !== 403)
    return `the API server answered ${code} to ${verb} ${resource} in namespace ${namespace}: ${message}`;
  const account = /User "([^"]+)"/.exec(message)?.[1];
  return (
    `the service account ${account === undefined ? '' : `${account} `}may not ${verb} ${resource} in namespace ${namespace}: ` +
    `add {apiGroups: [""], resources: [${resource}], verbs: [${verb}]} to the rules of its Role`
  );
}
