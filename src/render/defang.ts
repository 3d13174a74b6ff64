const schemes = /([a-z][a-z0-9+.-]{0,20}):(\/\/|\\\\)([\w.%~-]*)/gi;
const opaque = /(?<![a-z])(javascript|data|mailto|tel|sms|slack|discord|vbscript|file):(?=\S)/gi;
const hosts = /(?<![a-z0-9])www\.[\w.-]+|(?<![@\w.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?=[/?:]\S)/gi;

/**
 * Makes web addresses in text from events unclickable and still readable: `hxxps://evil[.]example/path`.
 * Mail addresses and names with dots stay as they are.
 */
export function defang(text: string): string {
  if (!text.includes('.') && !text.includes(':')) return text;
  return text
    .replaceAll(
      schemes,
      (_, scheme: string, slashes: string, host: string) => `${disarm(scheme)}${slashes}${dots(host)}`,
    )
    .replaceAll(opaque, '$1[:]')
    .replaceAll(hosts, dots);
}

function disarm(scheme: string): string {
  return /^(?:https?|HTTPS?)$/.test(scheme) ? `${scheme.replace('tt', 'xx').replace('TT', 'XX')}:` : `${scheme}[:]`;
}

function dots(host: string): string {
  return host.replaceAll('.', '[.]');
}
