/** What is wrong with an address that requests shall go to, without repeating it; undefined when it is a usable http or https URL. */
export function httpUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'not a URL; expected https://host/path';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `expected https:// or http://, not ${url.protocol}`;
  return undefined;
}
