import { describe, expect, it } from 'vitest';
import { plainCredentials } from '../../src/preflight/checks/plain-credentials.ts';
import { looksLikeCredential } from '../../src/preflight/credential.ts';
import { definition, findings, subjectOf, told } from './support.ts';

// Put together here, so that no scanner takes the test for a leak.
const join = (...parts: string[]) => parts.join('');
const jwt = join(
  'eyJ',
  'hbGciOiJIUzI1NiJ9',
  '.eyJ',
  'zdWIiOiIxMjM0NTY3ODkwIn0',
  '.dozjgNryP4J3jVmN',
);

describe('looks like a credential:', () => {
  it.each([
    ['PASSWORD', 'hunter2'],
    ['DB_PASSWORD', 'correct horse battery staple'],
    ['POSTGRES_PASSWORD', 'postgres'],
    ['dbPassword', 'hunter2'],
    ['spring.datasource.password', 'hunter2'],
    ['MYSQL_PASS', 'hunter2'],
    ['JWT_SECRET', 'hunter2'],
    ['AUTH_TOKEN', 'abcdef'],
    ['STRIPE_API_KEY', 'abcdef'],
    ['APIKEY', 'abcdef'],
    ['SECRET_KEY_BASE', 'abcdef'],
    ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['RAILS_MASTER_KEY', '0123456789abcdef'],
    ['API_TOKEN_2', 'abcdef'],
    ['SMTP_CREDENTIALS', 'user:hunter2'],
    ['KEY_ID', join('AKIA', 'IOSFODNN7EXAMPLE')],
    ['GITHUB', join('ghp', '_0123456789abcdefghijABCDEFGHIJ012345')],
    ['GITHUB', join('github', '_pat_11ABCDEFG0123456789_abcdefghij')],
    ['SLACK', join('xox', 'b-1234567890-abcdefghij')],
    ['STRIPE', join('sk', '_live_0123456789abcdefghij')],
    ['CERT', join('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE')],
    ['SESSION', jwt],
    ['DATABASE_URL', 'postgres://web:hunter2@db.internal:5432/web'],
    ['DATABASE_URL', 'postgres://web:p%40ss@db.internal/web'],
    ['ADMIN_PASSWORD', '$2a$10$N9qo8uLOickgx2ZMRZoMye'],
    ['REDIS', 'redis://:hunter2@cache.internal:6379/0'],
    ['SQL', 'Server=db.internal;User Id=web;Password=hunter2;'],
    ['JDBC_URL', 'jdbc:mysql://db.internal/web?user=web&password=hunter2'],
    ['STORAGE', 'AccountName=web;AccountKey=0123456789abcdef==;EndpointSuffix=core.windows.net'],
    ['WEBHOOK', join('https://hooks.slack.com/services', '/T00000000/B00000000/0123456789abcdef')],
    ['CONFIG', '{"db": "mysql://root:hunter2@db/web"}'],
  ])('%s=%s', (name, value) => {
    expect(looksLikeCredential(name, value)).toBe(true);
  });
});

describe('looks like none:', () => {
  it.each([
    ['LOG_LEVEL', 'info'],
    ['TOKEN_TTL', '3600'],
    ['TOKEN_EXPIRY', '15m'],
    ['ACCESS_TOKEN', '3600'],
    ['SESSION_SECRET', '15m'],
    ['SECRET_NAME', 'web/prod/db'],
    ['DB_SECRET', 'web/prod/db'],
    ['SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:web-AbCdEf'],
    ['DB_SECRET', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:web-AbCdEf'],
    ['PASSWORD_FILE', '/run/secrets/password'],
    ['POSTGRES_PASSWORD', '/run/secrets/password'],
    ['PRIVATE_KEY_PATH', '/keys/key.pem'],
    ['PRIVATE_KEY', './keys/key.pem'],
    ['PASSWORD_MIN_LENGTH', '12'],
    ['REQUIRE_PASSWORD', 'true'],
    ['ENABLE_TOKEN', 'false'],
    ['AUTH_TOKEN', ''],
    ['AUTH_TOKEN', ' '],
    ['CREDENTIALS', 'include'],
    ['API_KEY', 'x-api-key'],
    ['CSRF_TOKEN', 'X-CSRF-Token'],
    ['SQL', join('Server=db.internal;User Id=web;Password=$', '{DB_PASSWORD};')],
    ['SQL', 'Server=db.internal;Integrated Security=true;Password=****;'],
    ['JDBC_URL', 'jdbc:postgresql://db.internal:5432/web?user=web&passwordCharacterEncoding=utf8'],
    ['AUTH_URL', 'https://auth.example/token'],
    ['TOKEN_URL', 'https://auth.example/oauth/token'],
    ['AUTH_TOKEN', 'https://auth.example/token'],
    ['DB_PASSWORD', join('$', '{DB_PASSWORD}')],
    ['DB_PASSWORD', '{{ db_password }}'],
    ['DB_PASSWORD', '<password>'],
    ['DB_PASSWORD', '********'],
    ['DATABASE_URL', 'postgres://db.internal:5432/web'],
    ['DATABASE_URL', 'postgres://web@db.internal:5432/web'],
    ['DATABASE_URL', join('postgres://web:$', '{DB_PASSWORD}@db.internal/web')],
    ['DATABASE_URL', 'postgres://web:****@db.internal/web'],
    ['DATABASE_URL', 'postgres://web:%PASSWORD%@db.internal/web'],
    ['DB_PASSWORD', '$DB_PASSWORD'],
    ['CONTACT', 'https://example.com/a:b@c'],
    ['NEXT_PUBLIC_API_KEY', 'pk_123'],
    ['STRIPE_PUBLISHABLE_KEY', 'pk_live_0123456789abcdefghij'],
    ['PUBLIC_KEY', '-----BEGIN PUBLIC KEY-----'],
    ['KEYBOARD', 'qwerty'],
    ['MONKEY', 'see'],
    ['COMPASS', 'north'],
    ['BYPASS', 'cache'],
    ['TOKENIZER', 'bert'],
    ['SECRETARY', 'alice'],
    ['CACHE_KEY', 'web-v7'],
    ['PARTITION_KEY', 'customer'],
    ['PWD', '/app'],
    ['COMMIT', '0123456789abcdef0123456789abcdef01234567'],
    ['TASK', 'AKIArest'],
  ])('%s=%s', (name, value) => {
    expect(looksLikeCredential(name, value)).toBe(false);
  });

  it('long text, however it repeats what credentials begin with', () => {
    const texts = [
      'a.'.repeat(32_000),
      'a://'.repeat(16_000),
      ';password=y'.repeat(6_000),
      '-----BEGIN '.repeat(6_000),
    ];
    const long = [...texts, 'eyJ'.repeat(20_000), `x${'/a'.repeat(30_000)}!`, '$'.repeat(60_000)];
    for (const text of long) {
      expect(looksLikeCredential('NOTES', text)).toBe(false);
      expect(looksLikeCredential(text, text)).toBe(false);
    }
  });
});

describe('a credential in plain sight', () => {
  const value = 'correct-horse-battery-staple';
  const environment = [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'DB_PASSWORD', value },
  ];
  const subject = (more = {}) =>
    subjectOf({ definition: definition({}, { environment, ...more }) });

  it('is advised against, at its line, and its value told nowhere', async () => {
    const results = await plainCredentials.run(subject());
    expect(findings(results)).toMatchObject([
      {
        mark: 'advice',
        class: 'bad-task-definition',
        container: 'app',
        file: 'task-definition.json',
        line: 7,
      },
    ]);
    expect(JSON.stringify(results)).not.toContain(value);
  });

  it('is looked for by the path of its value', async () => {
    const paths: unknown[] = [];
    const planned = definition({}, { environment });
    const { plan } = subject();
    const context = {
      ...plan.context,
      definition: planned,
      locate: (path: unknown) => void paths.push(path),
    };
    const results = await plainCredentials.run(subjectOf({ definition: planned, context }));
    expect(paths).toContainEqual(['containerDefinitions', 0, 'environment', 1, 'value']);
    expect(findings(results)).toMatchObject([{ file: null, line: null }]);
  });

  it('comes with the command that stores it and the input that gives it back', async () => {
    const [finding] = findings(await plainCredentials.run(subject()));
    expect(finding?.fix?.split('\n')).toEqual([
      'Store the value as an SSM parameter, from a file that holds only the value:',
      'aws ssm put-parameter --region eu-west-1 --type SecureString --name /web/prod/DB_PASSWORD --value file://DB_PASSWORD.txt',
      'Then remove it from `environment` and give it to the container in this step:',
      'secrets: |',
      '  DB_PASSWORD=/web/prod/DB_PASSWORD',
      'Revisions that are registered keep the old value: change the credential itself as well.',
    ]);
  });

  it('with a name that means something to a shell makes no command of it', async () => {
    const bad = [{ name: '$(curl evil);PASSWORD', value }];
    const [finding] = findings(await plainCredentials.run(subject({ environment: bad })));
    const command = finding?.fix?.split('\n').find((line) => line.startsWith('aws'));
    expect(command).toContain('/web/prod/--curl-evil--PASSWORD');
    expect(command).not.toMatch(/[$();]/);
  });

  it('of one container among several is told with that container', async () => {
    const [container] = definition().containerDefinitions ?? [];
    const containerDefinitions = [container ?? {}, { ...container, name: 'worker', environment }];
    const results = await plainCredentials.run(
      subjectOf({ definition: definition({ containerDefinitions }) }),
    );
    expect(told(results)).toEqual(['advice: variable DB_PASSWORD of container worker']);
    expect(findings(results)[0]?.fix).toContain('worker/DB_PASSWORD=/web/prod/DB_PASSWORD');
  });

  it('is not found in a healthy definition', async () => {
    expect(told(await plainCredentials.run(subjectOf()))).toEqual([
      'passed: no environment variable looks like a credential',
    ]);
  });
});
