/** Sixty secrets that are hidden, and sixty texts that look like one and stay. All of them are made up. */
import { describe, expect, test } from 'vitest';
import { withoutSecretTexts } from '../../main/reading/secret-texts.ts';

/** Put together here, so that no scanner of this repository takes them for keys that somebody lost. */
const letters = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0';
const token = (start: string, length = 36) => start + letters.slice(0, length);

/** Each line with the part that must not be seen. */
const secrets: readonly (readonly [line: string, secret: string])[] = [
  ...[
    'ghp_',
    'gho_',
    'ghs_',
    'github_pat_',
    'glpat-',
    'xoxb-',
    'xoxp-',
    'xapp-',
    'AIza',
    'ya29.',
    'sk_live_',
    'sk_test_',
    'rk_live_',
    'whsec_',
    'sk-',
    'sk-proj-',
    'npm_',
    'pypi-',
    'hf_',
    'shpat_',
    'dop_v1_',
  ].map((start) => [`copied ${token(start)} to the clipboard`, token(start)] as const),
  ['aws id AKIAIOSFODNN7EXAMPLE here', 'AKIAIOSFODNN7EXAMPLE'],
  ['ASIAIOSFODNN7EXAMPLF', 'ASIAIOSFODNN7EXAMPLF'],
  ['SG.a1B2c3D4e5F6g7H8i9.J0k1L2m3N4o5P6q7R8', 'J0k1L2m3N4o5P6q7R8'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl', 'eyJzdWIiOiIxMjM0In0'],
  ['Authorization: Bearer a1B2c3D4e5F6g7H8', 'a1B2c3D4e5F6g7H8'],
  ['curl -H "Basic dXNlcjpwYXNzd29yZA=="', 'dXNlcjpwYXNzd29yZA'],
  ['postgres://app:hunter22@db.local/shop', 'hunter22'],
  ['rtsp://admin:s3cret@10.0.0.7/live', 's3cret'],
  ['Password: hunter2', 'hunter2'],
  ['password:hunter2', 'hunter2'],
  ['PASSWORD = Tr0ub4dor&3', 'Tr0ub4dor&3'],
  ['New password: correct-horse-battery', 'correct-horse-battery'],
  ['passphrase: abandon-ability-able', 'abandon-ability-able'],
  ['Passcode: 884213', '884213'],
  ['PIN: 4821', '4821'],
  ['CVV: 737', '737'],
  ['비밀번호: 호랑이1234', '호랑이1234'],
  ['비밀번호는 tiger77 입니다', 'tiger77'],
  ['암호: 가나다라9', '가나다라9'],
  ['パスワード：sakura2024', 'sakura2024'],
  ['密码：changcheng88', 'changcheng88'],
  ['DB_PASSWORD=hunter2', 'hunter2'],
  ['export STRIPE_API_KEY=abcdef123', 'abcdef123'],
  ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', 'wJalrXUtnFEMI/K7MDENG'],
  ['SECRET_TOKEN=9f8e7d6c', '9f8e7d6c'],
  // As a reader of pictures has them: a zero for an O, a space for an underscore, a one for an I.
  ['export API T0KEN=alB2c3D4e5F6', 'alB2c3D4e5F6'],
  ['Passw0rd: hunter2', 'hunter2'],
  ['P1N: 4821', '4821'],
  ['"apiKey": "0a1b2c3d4e",', '0a1b2c3d4e'],
  ['client_secret: Zx9-Yw8_Vu7', 'Zx9-Yw8_Vu7'],
  ['the password is hunter2, as ever', 'hunter2'],
  ['The wifi password was summer2026', 'summer2026'],
  ['Card 4111 1111 1111 1111 was charged', '4111 1111'],
  ['5555-5555-5555-4444', '5555-4444'],
  ['4111 1111 1111 1111 12/29', '4111 1111'],
  ['Your code is 493201.', '493201'],
  ['Password: hunter2 Remember me', 'hunter2'],
  ['378282246310005', '378282246310005'],
  ['6011111111111117 exp 11/29', '6011111111111117'],
  ['IBAN DE89 3704 0044 0532 0130 00', '0532'],
  ['GB82WEST12345698765432', 'WEST12345698765432'],
  ['Your code is 493 201', '493 201'],
  ['Your verification code: 882913', '882913'],
  ['G-551204 is your Google verification code', '551204'],
  ['인증번호 [771203]를 입력하세요', '771203'],
  ['您的验证码是 663201', '663201'],
];

const lookAlikes: readonly string[] = [
  'Password must have 8 characters',
  'Forgot password?',
  'Enter your password',
  'Password',
  'Change password',
  'Password: ••••••••',
  'password: string',
  'Wrong password',
  'Your password is required',
  '비밀번호를 입력하세요',
  '비밀번호 변경',
  'パスワードを忘れた場合',
  '忘记密码？',
  'const token = process.env.TOKEN',
  'TOKEN=$TOKEN',
  'Token: <your token>',
  'tokens: 1024 of 4096 used',
  'Secret Santa is on Friday',
  'api key rotation',
  'PIN the window to the top',
  'Opinion: it works',
  'compass: north',
  'Order 4111 1111 1111 1112',
  'Invoice 1234567890123456',
  'Tracking 9400 1000 0000 0000 0000 00',
  '0000 0000 0000 0000',
  'ISBN 978-3-16-148410-0',
  'ISBN 9783161484100',
  '+82 10-1234-5678',
  '+49 30 901820',
  '(555) 010-9999',
  '192.168.178.201',
  'fe80::1ff:fe23:4567:890a',
  'commit 9ae422d7c1b0f3e4d5a6978812fc0a9be1c2d3e4',
  '9ae422d What is written',
  '550e8400-e29b-41d4-a716-446655440000',
  'sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c',
  'version 24.21.0',
  'v20.20.2-nightly',
  '2026-11-30 19:11:01',
  '19:11:01.250',
  '1,234,567.89 EUR',
  '$ 4,111.11',
  '12.345.678 bytes',
  'Exit code 137',
  'error code 404',
  'zip code 94110',
  'Code 1234 lines today',
  'code review at 1430',
  'DE89 3704 0044 0532 0130 02',
  'GB12 is the road',
  'picture-2026-11-30-1911.png',
  'data:image/png;base64',
  'sk-learn and xoxo',
  'The pipeline is green',
  'npm install onlooker',
  'basic training starts',
  'bearer of good news',
  'see https://example.org/a/b?id=42',
  'me@desk:~$ ls',
  '41 passed in 3.2s',
];

test('there are sixty of each', () => {
  expect([secrets.length, lookAlikes.length].every((count) => count >= 60)).toBe(true);
});

test.each(secrets)('%s', (line, secret) => {
  const [shown] = withoutSecretTexts([line]);
  expect(shown).not.toContain(secret);
  expect(shown).toContain('***');
});

test.each(lookAlikes)('%s stays', (line) => {
  expect(withoutSecretTexts([line])).toEqual([line]);
});

describe('over several lines', () => {
  test('a value below its label', () => {
    expect(withoutSecretTexts(['Password:', 'hunter2!', 'Sign in'])).toEqual(['Password:', '***', 'Sign in']);
    expect(withoutSecretTexts(['Password', 'Remember me'])).toEqual(['Password', 'Remember me']);
  });

  test('a private key, and nothing behind it', () => {
    const key = [
      '-----BEGIN RSA PRIVATE KEY-----',
      'MIIEpAIBAAKCAQEA7bq98ohdLxKQ',
      'q1w2e3r4t5y6u7i8o9p0==',
      '-----END RSA PRIVATE KEY-----',
    ];
    expect(withoutSecretTexts([...key, 'me@desk:~$ ls']).at(-1)).toBe('me@desk:~$ ls');
    expect(withoutSecretTexts(key)).toEqual(['***', '***', '***', '***']);
    expect(withoutSecretTexts([...key.slice(0, 2), 'Two words: and a sentence.']).at(-1)).toBe(
      'Two words: and a sentence.',
    );
  });
});

test.each(['a', '-', '1', 'password ', 'a.', '4 ', 'AB12 ', 'your code ', '://a:', 'x_'])(
  '100,000 characters of "%s" take no time',
  (piece) => {
    const line = piece.repeat(Math.ceil(100_000 / piece.length));
    const started = performance.now();
    withoutSecretTexts([line]);
    expect(performance.now() - started).toBeLessThan(1000);
  },
);
