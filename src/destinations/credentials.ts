import type { Schema } from '../core/schema.ts';
import type { Secret } from '../core/secret.ts';
import type { OptionProblem } from './destination.ts';

/** The ways to be let in that services have in common. */
export const credentialOptions = {
  username: { type: 'string', minLength: 1, description: 'User, with `password`.' },
  password: { type: 'string', secret: true, minLength: 1, description: 'Password of `username`.' },
  bearer_token: {
    type: 'string',
    secret: true,
    minLength: 1,
    description: 'Token to send as `Authorization: Bearer`.',
  },
} as const satisfies { readonly [name: string]: Schema };

export interface Credentials {
  /** Elasticsearch's own. */
  readonly api_key?: Secret | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  readonly bearer_token?: Secret | undefined;
}

/** The header `authorization`; undefined for a service without security, or whose gateway adds it. */
export function authorizationOf({ api_key, username, password, bearer_token }: Credentials): string | undefined {
  if (api_key !== undefined) {
    const key = api_key.reveal();
    // Base64 has no colon.
    return `ApiKey ${key.includes(':') ? Buffer.from(key).toString('base64') : key}`;
  }
  if (bearer_token !== undefined) return `Bearer ${bearer_token.reveal()}`;
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}

/** What is wrong with them together. */
export function credentialProblems({
  api_key,
  username,
  password,
  bearer_token,
}: Credentials): readonly OptionProblem[] {
  const ways = [
    ['api_key', api_key],
    ['username', username],
    ['bearer_token', bearer_token],
  ] as const;
  const given = ways.filter(([, value]) => value !== undefined).map(([name]) => name);
  return [
    ...given.slice(1).map((name) => ({ path: [name], message: `\`${given[0]}\` is given too: one of them` })),
    ...(username !== undefined && password === undefined
      ? [{ path: ['username'], message: '`password` is missing' }]
      : []),
    ...(password !== undefined && username === undefined
      ? [{ path: ['password'], message: '`username` is missing' }]
      : []),
  ];
}
