/** Letters, digits and marks of any script: what stands between the dots of a name. */
const label = String.raw`[\p{L}\p{M}\p{N}_-]+`;
/** Browsers take all of these for dots. */
const dot = String.raw`[.\u2024\u3002\uff0e\uff61]`;
const anyDot = new RegExp(dot, 'gu');

/** With slashes of either kind behind it. */
const scheme = /([a-z][a-z0-9+.-]{0,20}):(?=[/\\]{2})/gi;
/** `//user@host`, `\\host\share`. */
const authority = /(\/\/|\\\\)([^\s/\\?#<>"'()[\]]*)/g;
/** Schemes that programs open also without slashes. */
const opaque =
  /(?<![a-z0-9])(https?|ftps?|wss?|ssh|file|data|javascript|vbscript|about|blob|view-source|mailto|tel|sms|callto|facetime|sips?|skype|slack|discord|msteams|ms-[a-z]{1,30}|zoommtg|tg|whatsapp|xmpp|irc|magnet|bitcoin|intent|steam|itms-[a-z]{1,30}|webcal|geo):(?=\S)/giu;
/** A name with dots that goes on like an address. Programs make a link of that without a scheme; what has none is left: names of people have dots. */
const hosts = new RegExp(
  [
    String.raw`(?<![a-z0-9-])www${dot}${label}(?:${dot}${label})*`,
    String.raw`(?<![\p{L}\p{M}\p{N}_-])(?<![\p{L}\p{M}\p{N}_-]${dot})(?:${label}${dot})+(?:\p{L}{2,24}|xn--[a-z0-9-]{1,59})(?=/|[?:#]\S)`,
    String.raw`(?<![\w.-])\d+(?:\.\d+){3}(?=:\d+[/?#]|/[^\d\s])`,
  ].join('|'),
  'giu',
);

/**
 * Makes web addresses in text from events unclickable and still readable: `hxxps://evil[.]example/path`.
 * Mail addresses and names with dots stay as they are.
 */
export function defang(text: string): string {
  if (!/[.:/\\\u2024\u3002\uff0e\uff61]/.test(text)) return text;
  return text
    .replaceAll(scheme, (_, name: string) => disarm(name))
    .replaceAll(authority, (_, slashes: string, host: string) => slashes + dots(host))
    .replaceAll(opaque, '$1[:]')
    .replaceAll(hosts, dots);
}

function disarm(name: string): string {
  return /^(?:https?|HTTPS?)$/.test(name) ? `${name.replace('tt', 'xx').replace('TT', 'XX')}:` : `${name}[:]`;
}

function dots(host: string): string {
  return host.replaceAll(anyDot, '[.]');
}
