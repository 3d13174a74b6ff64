import type { OptionProblem } from '../destination.ts';

/** The address of a service without the path of the interface, which users like to copy along, and without a slash at the end. */
export function baseUrl(url: string, path: RegExp): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(path, '').replace(/\/+$/, '');
}

/** Credentials in an address would be shown with it. */
export function urlProblems(url: string, instead: string): readonly OptionProblem[] {
  const { username, password, search } = new URL(url);
  if (username !== '' || password !== '') return [{ path: ['url'], message: `credentials belong into ${instead}` }];
  return search === '' ? [] : [{ path: ['url'], message: 'must end before the `?`' }];
}
