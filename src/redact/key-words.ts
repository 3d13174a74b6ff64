/** Lists the words of `text`, which are separated by blanks. */
function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Words that contain one of Django's hidden words by accident; `passing` is authentik's own exemption. */
export const accidents: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'pass',
    words(
      'compass passing bypass passed passes passenger passage passive passion passport passthrough passwordless trespass',
    ),
  ],
  ['key', words('monkey keyboard keynote keyword keycloak keypress turkey hockey donkey whiskey jockey')],
  ['token', words('tokeniz tokenis')],
  ['secret', words('secretar')],
  ['auth', words('authent author oauth webauth authn')],
  ['api', words('apiar okapi apiversion apigroup')],
]);

/** Words whose presence anywhere in a name part makes it a secret, unless by {@link accidents}. */
export const substrings: readonly string[] = words(
  'token key secret pass auth signature cookie credential bearer assertion csrf xsrf pwd sessid sessionid',
);

/** Words that make a key a secret only as a whole part: `door_pin` is one, `shipping` and `opinion` are none. */
export const wholes: ReadonlySet<string> = new Set(
  words(
    `otp totp hotp otps pin pins pincode private nonce sig verifier jwt authorization session sessions code codes
    otpcode usercode devicecode recoverycode backupcode backupcodes resetcode verificationcode smscode mfacode totpcode`,
  ),
);

/** Names that are one word only after their separators are gone. */
export const squeezed: ReadonlySet<string> = new Set(words('samlresponse samlrequest relaystate samlart wresult'));

/** Words that turn the secret before them into something about it: `token_type`, `password_change_date`. */
export const about: ReadonlySet<string> = new Set(
  words(
    `type types url urls uri uris endpoint endpoints validity expires expiry expiration expire expired expiring ttl lifetime
    duration length count counts size sizes date time timestamp at created updated changed modified enabled disabled required
    optional allowed supported algorithm algorithms alg method methods mode version status policy policies format class domain
    path stage flow name names label model max min threshold attempts retries verified valid provider providers backend
    backends field fields usage strength score complexity rules uses via last age days hours minutes seconds interval domains
    samesite httponly secure mapping mappings scope scopes limit title description placeholder callback callbacks error errors exception exceptions`,
  ),
);

/** As {@link about}, for one secret word each. */
export const aboutOne: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['key', new Set(words('id ids kid user users'))],
  ['credential', new Set(words('id ids'))],
  ['auth', new Set(words('id mfa webauthn level context source app apps args user username ip'))],
  ['api', new Set(words('server host hosts base group groups id root prefix client user users'))],
  ['private', new Set(words('ip ips network networks address addresses subnet dns host'))],
  ['code', new Set(words('challenge block blocks page point points review text'))],
  ['pin', new Set(words('id count'))],
]);

/** Words before `code` that name a number anybody may read. */
export const openCodes: ReadonlySet<string> = new Set(
  words(
    `status error err exit http https response return result reason country zip postal post area region language lang locale
    currency event severity source city product color colour dial calling airport iso`,
  ),
);

/** Words after `session` that are the session itself; everything else after it is about it. */
export const sessionParts: ReadonlySet<string> = new Set(words('id ids hash value data uuid state'));
