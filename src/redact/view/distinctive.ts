/**
 * Words that stand in events of every installation: in paths, modules, messages. Somebody may be called so, but replacing the word
 * everywhere would say who it is and make the rest unreadable: only where a key says that it is a name.
 */
const commonWords: ReadonlySet<string> = new Set(
  (
    'access account action actor admin administrator administration all anonymous any api app application applications args attributes ' +
    'auth authentication authenticator authentik authorize authorization backend binding blueprint body brand browser builtins callback ' +
    'cert certificate client code com config configuration connect context core created credentials custom data debug ' +
    'default delete deleted description device diff docker duo email endpoint enroll enrollment error event events example ' +
    'exception executor expression external false file flow flows found from group groups guest host html http https identification ' +
    'identifier info interface internal invalid invitation issuer key ldap link local localhost login logout mail ' +
    'message method mfa mobile model models module monitoring mozilla name net network new none notification null oauth oauth2 object ' +
    'openid org origin outpost page password path pending permission pk policies policy port post previous ' +
    'private profile property provider providers proxy public python query radius read reason recovery redirect remote replication ' +
    'request response result role root saml scim scope scopes script secret security send sent server service session set settings ' +
    'shell sms source sources stage stages start state static status success support sync system target task tasks tenant test tests ' +
    'token totp true type unknown update updated uri url user username users uuid value verify version view web webauthn webhook ' +
    'with worker write www'
  ).split(' '),
);

/** Two letters stand in every text, but for scripts that write whole names with them: 李明. */
const wordCharsMin = 3;
const shortName = /^[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}ー]{2}$/u;
/** Shorter numbers are years and statuses in nearly every text. */
const digitsMin = 5;

/** Whether a name is fit to be looked for in texts, where no key says that it is one: no word or number that stands there anyhow. */
export function isDistinctive(name: string): boolean {
  const text = name.trim();
  if (/^\p{Nd}+$/u.test(text)) return text.length >= digitsMin;
  const whole = text.normalize();
  return shortName.test(whole) || (whole.length >= wordCharsMin && !commonWords.has(text.toLowerCase()));
}

/** Whether a word in lower case stands in events of every installation. */
export function isCommonWord(word: string): boolean {
  return commonWords.has(word);
}
