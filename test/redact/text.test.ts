import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactText } from '../../src/redact/text.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLWFkYQ';
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nq1w2e3r4\n-----END RSA PRIVATE KEY-----';
// Put together here, so that nobody's scanner takes this file for a leak.
const awsKey = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
const githubKey = ['ghp_', '0123456789abcdefghij0123456789abcdefghij'].join('');
const slackKey = ['xoxb-', '123456789012-abcdefABCDEF'].join('');
const stripeKey = ['sk_live_', '51HxYz0aBcDeFgHiJkLmNoPq'].join('');
const sendgridKey = ['SG.', 'aBcDeFgHiJkLmNoP.qRsTuVwXyZ0123456789'].join('');

/** What must be gone, and what must be left where the rest matters. */
const found: readonly (readonly [name: string, text: string, expected: string])[] = [
  [
    'token in a URL',
    'https://a.example/if/flow/x/?token=f0aDkP9z&next=/',
    'https://a.example/if/flow/x/?token=[redacted:query]&next=/',
  ],
  ['code and state', '/cb?code=4f9c&state=Lq8Zt&x=1', '/cb?code=[redacted:query]&state=[redacted:query]&x=1'],
  ['query string alone', 'itoken=5d1c0a7e&next=%2F', 'itoken=[redacted:key]&next=%2F'],
  [
    'fragment',
    'https://a.example/cb#access_token=abc&token_type=bearer',
    'https://a.example/cb#access_token=[redacted:query]&token_type=bearer',
  ],
  ['query in a query', '/?query=token=abc&x=1', '/?query=token=[redacted:query]&x=1'],
  ['path alone', 'POST /hooks/xjsh3k4h5j6k7l8m9n0p', 'POST /hooks/[redacted:url]'],
  ['state with odd characters', '/?state=_XTr0B-UvBJD:/|x&y=2', '/?state=[redacted:query]&y=2'],
  ['encoded once', '/?next=%2Fcb%3Fcode%3Dabc123%26x%3D1', '/?next=%2Fcb%3Fcode%3D[redacted:query]%26x%3D1'],
  [
    'encoded twice',
    '/?q=next%3D%252Fcb%253Fstate%253Dabc123%2526x%253D1',
    '/?q=next%3D%252Fcb%253Fstate%253D[redacted:query]%2526x%253D1',
  ],
  ['encoded four times', 'u%2525253Ftoken%2525253Dabc', 'u%2525253Ftoken%2525253D[redacted:query]'],
  [
    'HTML link',
    '<a href="https://a.example/?a=1&amp;token=abc&amp;b=2">',
    '<a href="https://a.example/?a=1&amp;token=[redacted:key]&amp;b=2">',
  ],
  [
    'SAML',
    '/sso?SAMLResponse=PHNhbWxw&RelayState=abc',
    '/sso?SAMLResponse=[redacted:query]&RelayState=[redacted:query]',
  ],
  ['id token hint', `/end-session/?id_token_hint=${jwt}`, '/end-session/?id_token_hint=[redacted:query]'],
  ['JWT in prose', `rejected ${jwt}, expired`, 'rejected [redacted:jwt], expired'],
  ['base 64 of JSON', 'got eyJzaWQiOiJmYWtlIn0 back', 'got [redacted:jwt] back'],
  ['Bearer', 'sent Bearer 9fKq3Zx0Wm7 to it', 'sent Bearer [redacted:authorization] to it'],
  ['bearer in capitals', 'BEARER abc-DEF-123.x', 'BEARER [redacted:authorization]'],
  ['Basic', 'with Basic c3ZjOnBhc3M= now', 'with Basic [redacted:authorization] now'],
  ['Authorization header', 'Authorization: Bearer ua-leak-9X', 'Authorization: [redacted:key]'],
  ['header with any scheme', 'authorization: Token abcdef', 'authorization: [redacted:key]'],
  [
    'Cookie header',
    'GET /\nCookie: lang=de; authentik_session=abc; a="b c"\nHost: x',
    'GET /\nCookie: [redacted:key]\nHost: x',
  ],
  ['cookie alone', 'was authentik_session=abc123; lang=de', 'was authentik_session=[redacted:key]; lang=de'],
  ['Set-Cookie', 'Set-Cookie: authentik_csrf=xyz; Path=/', 'Set-Cookie: [redacted:key]'],
  [
    'Go headers',
    'map[Accept:[*/*] Authorization:[Bearer abc] Cookie:[a=b]]',
    'map[Accept:[*/*] Authorization:[[redacted:key]] Cookie:[[redacted:key]]]',
  ],
  [
    'Rust headers',
    '{"host": "x", "cookie": "authentik_session=ab; lang=de"}',
    '{"host": "x", "cookie": "[redacted:key]"}',
  ],
  [
    'ASGI headers',
    "[(b'cookie', b'sid=ab'), (b'accept', b'*/*')]",
    "[(b'cookie', b'[redacted:key]'), (b'accept', b'*/*')]",
  ],
  [
    'URL with a password',
    'postgresql://authentik:Sw0rdfish@db:5432/a',
    'postgresql://authentik:[redacted:url]@db:5432/a',
  ],
  ['password with signs', 'amqp://u:p@s:s@host/x', 'amqp://u:[redacted:url]@host/x'],
  ['password with a slash', 'redis://u:pa/ss@host/0', 'redis://u:[redacted:url]@host/0'],
  ['no user', 'redis://:hunter2@cache:6379/0', 'redis://:[redacted:url]@cache:6379/0'],
  ['LDAP bind name', 'ldaps://cn=sync,dc=example:Gr4ph@ldap:636', 'ldaps://cn=sync,dc=example:[redacted:url]@ldap:636'],
  ['token as user', 'https://0123456789abcdef0123456789@git.example/x', 'https://[redacted:url]@git.example/x'],
  ['private key', `key is ${pem} there`, 'key is [redacted:private_key] there'],
  ['private key, escaped', `{"x": "${pem.replaceAll('\n', '\\n')}"}`, '{"x": "[redacted:private_key]"}'],
  ['private key, cut', pem.slice(0, 60), '[redacted:private_key]'],
  [
    'recovery link',
    'https://a.example/recovery/use-token/aBcDeF123/',
    'https://a.example/recovery/use-token/[redacted:url]/',
  ],
  [
    'Slack webhook',
    'for url: https://hooks.slack.com/services/T0A/B0B/aBcD (429)',
    'for url: https://hooks.slack.com/services/T0A/B0B/[redacted:url] (429)',
  ],
  [
    'Discord webhook',
    'https://discord.com/api/webhooks/1138855/W3bH00k-fake/slack',
    'https://discord.com/api/webhooks/1138855/[redacted:url]/slack',
  ],
  [
    'Teams webhook',
    'https://x.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d',
    'https://x.webhook.office.com/webhookb2/[redacted:url]',
  ],
  [
    'Mattermost webhook',
    'https://chat.example/hooks/xjsh3k4h5j6k7l8m9n0p',
    'https://chat.example/hooks/[redacted:url]',
  ],
  [
    'Telegram',
    'https://api.telegram.org/bot123456789:AAFakeFakeFakeFakeFakeFake/send',
    'https://api.telegram.org/bot123456789:[redacted:url]/send',
  ],
  ['signed link', '/w?sig=abc&se=1', '/w?sig=[redacted:query]&se=1'],
  ['AWS', `id ${awsKey}.`, 'id [redacted:api_key].'],
  ['GitHub', githubKey, '[redacted:api_key]'],
  ['Slack', slackKey, '[redacted:api_key]'],
  ['Stripe', `(${stripeKey})`, '([redacted:api_key])'],
  ['SendGrid', sendgridKey, '[redacted:api_key]'],
  [
    'Python repr',
    "user={'pk': 7, 'pin': 'PIN-1', 'created': False}",
    "user={'pk': 7, 'pin': '[redacted:key]', 'created': False}",
  ],
  ['escaped quote inside', String.raw`{'password': 'it\'s me', 'a': 1}`, "{'password': '[redacted:key]', 'a': 1}"],
  ['Python list', "{'codes': ['a1', 'b2'], 'n': 1}", "{'codes': [[redacted:key]], 'n': 1}"],
  ['JSON', '{"pwd": "x y", "n": 1}', '{"pwd": "[redacted:key]", "n": 1}'],
  ['JSON number', '{"pin":204518,"n":1}', '{"pin":[redacted:key],"n":1}'],
  [
    'JSON in JSON',
    String.raw`{"a": "{\"password\": \"x y\", \"n\": 1}"}`,
    String.raw`{"a": "{\"password\": \"[redacted:key]\", \"n\": 1}"}`,
  ],
  [
    'JSON in a URL',
    '/?x=%7B%22password%22%3A%20%22hunter2%22%7D',
    '/?x=%7B%22password%22%3A%20%22[redacted:key]%22%7D',
  ],
  [
    'HTML attribute',
    '<i data="{&quot;otp&quot;: &quot;ab12&quot;}">',
    '<i data="{&quot;otp&quot;: &quot;[redacted:key]&quot;}">',
  ],
  ['assignment', 'failed: password=hunter2, user=ada', 'failed: password=[redacted:key], user=ada'],
  ['ini', 'client_secret = abc', 'client_secret = [redacted:key]'],
  ['connection string', 'Server=x;User Id=a;Password=b c;', 'Server=x;User Id=a;Password=[redacted:key] c;'],
  ['prose', 'pwd: hunter2', 'pwd: [redacted:key]'],
  ['passphrase with blanks', 'the password: correct horse battery, then', 'the password: [redacted:key], then'],
  [
    'YAML',
    'a:\n  bind_cn: x\n  bind_password: Copper Lynx 9041\n  n: 1',
    'a:\n  bind_cn: x\n  bind_password: [redacted:key]\n  n: 1',
  ],
  ['YAML block', 'a:\n  secret: |\n    one\n    two\n  n: 1', 'a:\n  secret: |\n[redacted:key]\n  n: 1'],
  [
    'environment',
    'AUTHENTIK_POSTGRESQL__PASSWORD=abc PATH=/bin',
    'AUTHENTIK_POSTGRESQL__PASSWORD=[redacted:key] PATH=/bin',
  ],
  ['command line', 'ran ldapsearch --bind-password hunter2 -x', 'ran ldapsearch --bind-password [redacted:key] -x'],
  ['XML', '<a><password>hunter2</password></a>', '<a><password>[redacted:key]</password></a>'],
  ['YAML list', 'a:\n  tokens:\n  - one\n  - two\n  n: 1', 'a:\n  tokens:\n  [redacted:key]\n  n: 1'],
  ['arrow', ':password => "hunter2"', ':password => "[redacted:key]"'],
  ['form array', '/?token[]=abc&user[pwd]=def', '/?token[]=[redacted:query]&user[pwd]=[redacted:key]'],
  ['Bearer in a query', '/?q=Bearer+abc123def456&x=1', '/?q=Bearer+[redacted:authorization]&x=1'],
  ['one-time code', 'Your code: 590417.', 'Your code: [redacted:key].'],
  ['code in a sentence', 'Your sign-in code is 590417', 'Your sign-in code is [redacted:code]'],
  ['code in groups', 'code 590 417 expires', 'code [redacted:code] expires'],
  ['code in HTML', '<span class="btn">590417</span>', '<span class="btn">[redacted:code]</span>'],
];

for (const [name, text, expected] of found) {
  test(`takes out: ${name}`, () => {
    assert.equal(redactText(text), expected);
    assert.equal(redactText(expected), expected, 'a second time changes nothing');
  });
}

const harmless: readonly string[] = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/127.0.0.0',
  'python-requests/2.32.5',
  'goauthentik.io/outpost/2026.2.1',
  '/api/v3/flows/executor/default-authentication-flow/',
  '/api/v3/core/tokens/backup-job/view_key/',
  '/api/v3/propertymappings/all/2f7dcbfb-f7f4-4b5e-83cf-1169c11e6b31/test/',
  'https://wiki.example.org:8443/users/@me?page=2#top',
  'http://[2001:db8::1]:8080/a@b',
  'CM4hcNwK5qacoL83g7gQaNRlMyrSIIaZcRO6MXLM',
  'b89be27dcb9a46618a458b90c56a3118',
  'be32060b-e2ce-4c78-8d58-080a41bd623c',
  'task-f57f023887674837a5079c027acc53c9',
  '08:d4:a4:79:25:ca:c3:51:28:88:bb:d5:77:2e:0b:11:7a:4c:55:66',
  '2026-01-15T09:21:03.481209Z',
  '2001:db8:1:2::99',
  'ada.lovelace@example.com',
  'Iniciar sesión <login@example.com>',
  'Email to edith.clarke@example.org sent',
  "Token backup-job's secret was rotated.",
  'Revoked access token was used',
  'Login failed: basic authentication is not enabled',
  'bearer token was missing',
  'HTTP status code: 500',
  'exited with code 137',
  'error code: 1234',
  'Failed to fetch the token: 401 Client Error',
  'Invalid code: expired',
  'response_type=code&scope=openid+email&client_id=wiki-client',
  'key_id=4711&monkey=george&compass=north&country_code=DE',
  "builtins.KeyError: 'known_device'",
  'Traceback (most recent call last):\n  File "/authentik/lib/expression/evaluator.py", line 155, in evaluate',
  "{'auth_method': 'password', 'passing': True, 'token': None, 'state': 'enabled'}",
  "{'token': {'app': 'authentik_core', 'model_name': 'token', 'pk': 'aa'}}",
  'CN=party,OU=laptops,O=Example',
  'password: ********************',
  'Ticket #4711 – customer can’t open the wiki',
  'C:\\Users\\ada\\token.txt',
  'openid email profile offline_access',
  'Binding from Flow default-authentication-flow #0 to Policy geo-fence',
  'New version 2026.2.2 available!',
  '100% of the %d users & groups; a&b',
  'SELECT * FROM "authentik_core_token" WHERE id > 5',
  'authentik_session expired',
  'Königsweg 12, 10437 Berlin',
  '王小明',
  '',
];

for (const text of harmless) {
  test(`leaves alone: ${text.slice(0, 60)}`, () => assert.equal(redactText(text), text));
}
