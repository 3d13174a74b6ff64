/** Kinds whose names are not made of a known part and a known ending. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['accessrequest', 'access request'],
  ['accesstoken', 'access token'],
  ['authenticatedsession', 'session'],
  ['blueprintinstance', 'blueprint'],
  ['certificatekeypair', 'certificate'],
  ['dataexport', 'data export'],
  ['enrollmenttoken', 'enrollment token'],
  ['expressionpolicy', 'expression policy'],
  ['flowstagebinding', 'stage binding'],
  ['notificationrule', 'notification rule'],
  ['notificationtransport', 'notification transport'],
  ['policybinding', 'policy binding'],
  ['refreshtoken', 'refresh token'],
  ['staticdevice', 'recovery codes'],
  ['userconsent', 'consent'],
]);

const endings = [
  'devicetype',
  'provider',
  'source',
  'stage',
  'policy',
  'device',
  'mapping',
  'connection',
  'connector',
  'binding',
  'token',
  'rule',
];

const spellings: ReadonlyMap<string, string> = new Map([
  ['oauth2', 'OAuth2'],
  ['oauth', 'OAuth'],
  ['saml', 'SAML'],
  ['ldap', 'LDAP'],
  ['scim', 'SCIM'],
  ['rac', 'RAC'],
  ['radius', 'RADIUS'],
  ['totp', 'TOTP'],
  ['webauthn', 'WebAuthn'],
  ['sms', 'SMS'],
  ['eventmatcher', 'event matcher'],
  ['authenticatorvalidate', 'authenticator validation'],
]);

/** What people call a kind of authentik's objects: `oauth2provider` → `OAuth2 provider`, `notificationrule` → `notification rule`. */
export function kindName(modelName: string): string {
  const name = modelName.toLowerCase();
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const ending = endings.find((end) => name.endsWith(end) && name.length > end.length);
  if (ending === undefined) return name;
  const first = name.slice(0, -ending.length);
  return `${spellings.get(first) ?? first} ${ending === 'devicetype' ? 'device type' : ending}`;
}

const factors: ReadonlyMap<string, string> = new Map([
  ['static', 'recovery code'],
  ['totp', 'TOTP'],
  ['webauthn', 'WebAuthn'],
  ['duo', 'Duo'],
  ['sms', 'SMS'],
  ['email', 'mail'],
]);

/** What people call a class of second factor of authentik's; undefined for one that is not known. */
export function deviceClass(name: string): string | undefined {
  return factors.get(name.toLowerCase());
}

/** The text with its first letter in upper case. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
