import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyRule } from '../../src/redact/key-rule.ts';
import { decodedEvents } from './corpus.ts';

const keys = createKeyRule([]);

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** What Django 5.2 hides and authentik exempts, as their sources have it. */
function authentikMasks(key: string): boolean {
  return (
    /API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE/i.test(key) &&
    !/passing|password_change_date|^auth_method(_args)?$/i.test(key)
  );
}

const secret: readonly string[] = [
  // authentik masks these
  ...words(`password password_repeat bind_password PASSWORD passwd_hint passphrase userPass mypass token
    access_token refreshToken accesstoken id_token_hint itoken flow_token token_id tokens secret
    client_secret clientSecret secret_id signing_secret SECRET_KEY key api_key apiKey X-Api-Key APIKey
    private_key sshkey keytab session_key api openai_api auth basic_auth authkey smtpauth Authorization
    Proxy-Authorization signature HTTP_COOKIE http_authorization AUTHENTIK_POSTGRESQL__PASSWORD passkey`),
  // authentik misses these
  ...words(`pwd userPwd otp totp smsotp_pwd pin door_pin doorPin pincode cookie Set-Cookie cookies session sessionid
    session_id PHPSESSID user_session session_state assertion client_assertion credential credentials
    private bearer SAMLResponse saml_response SAMLRequest RelayState csrfmiddlewaretoken X-CSRF xsrf nonce
    sig code_verifier jwt code codes recovery_code reset_code user_code backup_codes device_code otpcode`),
  'weird key with = and |',
];

const plain: readonly string[] = [
  // authentik masks these by accident
  ...words(`compass monkey capital rapid keyboard keyword passport bypass turkey secretary tokenizer key_id key_type
    public_key token_type token_expires access_token_validity token_url api_version password_change_date
    password_policy passing bypassing_x secret_name auth_method auth_method_args auth_via authentik
    authenticator authenticated_as authorized_application author authority unauthorized authentication_flow
    authorization_flow oauth_scope oauth2provider signature_algorithm known_api_version`),
  // nobody masks these
  ...words(`country_code status_code error_code statusCode zip_code code_challenge code_challenge_method barcode
    session_duration session_binding terminate_session_on_expiry shipping opinion ping pinned private_ip
    cookie_domain cookie_name assertion_valid_not_before credential_id client_assertion_type
    jwt_federation_sources pk app model_name name username email client_ip user_agent request_id path method
    scope redirect_uri next invitation_uuid policy_uuid message announce design signal hotplug`),
  '',
];

for (const key of secret)
  test(`secret: ${key}`, () => assert.ok(!['plain', 'state', 'link'].includes(keys(key)), keys(key)));
for (const key of plain) test(`plain: ${key}`, () => assert.equal(keys(key), 'plain'));

for (const [key, secrecy] of [
  ['state', 'state'],
  ['webhook_url', 'link'],
  ['recovery_link', 'link'],
  ['password', 'password'],
  ['Cookie', 'line'],
  ['reset_code', 'code'],
] as const) {
  test(`${key} is ${secrecy}`, () => assert.equal(keys(key), secrecy));
}

test('a name too long to look into is held for a secret as Django does', () => {
  assert.equal(keys(`${'x'.repeat(100)}_key`), 'secret');
  assert.equal(keys(`${'x'.repeat(100)}_name`), 'plain');
});

test('names of the configuration are found anywhere in a key, ignoring case', () => {
  const own = createKeyRule(['Badge_No', '']);
  assert.equal(own('user_BADGE_NO_old'), 'secret');
  assert.equal(own('badge'), 'plain');
  assert.equal(own('compass'), 'plain');
});

/** Keys that authentik masks although they name no secret: each of them is a decision. */
const decided = words(`
  auth_via auth_type authenticated_as authentication_flow authorization_flow authorized_application ak_user_has_authenticator
  goauthentik.io/outpost/ldap key_id passing token_type access_token_validity`);

test('what authentik masks in real events is a secret here, too, or was decided to be none', () => {
  const seen = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value)) seen.add(key);
      walk(item);
    }
  };
  for (const event of decodedEvents()) walk(event.context);
  const missed = [...seen].filter((key) => authentikMasks(key) && keys(key) === 'plain' && !decided.includes(key));
  assert.deepEqual(missed, []);
  assert.ok([...seen].filter(authentikMasks).length >= 8);
});

test('ten thousand names are remembered at most, and forgetting changes no decision', () => {
  const rule = createKeyRule([]);
  for (let i = 0; i < 25_000; i++) assert.equal(rule(`field_${i}`), 'plain');
  assert.equal(rule('password'), 'password');
});
