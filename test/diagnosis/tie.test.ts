import { describe, expect, it } from 'vitest';
import { toFinding } from '../../src/diagnosis/finding.ts';
import type { Cause, Context } from '../../src/diagnosis/types.ts';
import {
  cause,
  context,
  database,
  definition,
  denial,
  image,
  password,
} from './finding-factory.ts';

const [app = {}, proxy = {}] = definition.containerDefinitions ?? [];

/** What the tie adds: container, variable, and the path whose line is shown. */
const tied = (one: Cause, where: Context = context()) => {
  const { container, secret, file, line, resource, principal, principalKind } = toFinding(
    one,
    1,
    where,
  );
  return { container, secret, file, line, resource, principal, principalKind };
};

describe('a secret', () => {
  it.each([
    ['its ARN', password],
    ['its name', '/web/prod/password'],
    ['its name without the leading slash', 'web/prod/password'],
  ])('is found by %s', (_, resource) => {
    expect(tied(denial({ class: 'secret-access-denied', resource }))).toMatchObject({
      container: 'app',
      secret: 'PASSWORD',
      file: 'containerDefinitions[0].secrets[0].valueFrom',
      line: 24,
      resource,
    });
  });

  it.each([
    ['its ARN without the JSON key', database],
    ['its ARN with the JSON key', `${database}:url::`],
    ['its ARN without the six characters', database.slice(0, -7)],
    ['its name', 'web/db'],
  ])('of Secrets Manager is found by %s', (_, resource) => {
    expect(tied(denial({ class: 'secretsmanager-access-denied', resource }))).toMatchObject({
      container: 'app',
      secret: 'DATABASE_URL',
      file: 'containerDefinitions[0].secrets[1].valueFrom',
    });
  });

  it('is found by an ARN where the definition names the parameter alone', () => {
    const secrets = [{ name: 'PASSWORD', valueFrom: '/web/prod/password' }];
    const where = context({ containerDefinitions: [{ ...app, secrets }] });
    expect(
      tied(denial({ class: 'secret-access-denied', resource: password }), where),
    ).toMatchObject({ secret: 'PASSWORD', container: 'app' });
  });

  it('of another account or region with the same name is another secret', () => {
    for (const resource of [
      password.replace('123456789012', '210987654321'),
      password.replace('eu-west-1', 'us-east-1'),
    ]) {
      expect(tied(denial({ class: 'secret-access-denied', resource }))).toMatchObject({
        container: null,
        secret: null,
        file: null,
        line: null,
      });
    }
  });

  it('whose name only begins the same is another secret', () => {
    const resource = `${password}-old`;
    expect(tied(denial({ class: 'secret-access-denied', resource })).secret).toBeNull();
  });

  it('with a name that ends like six random characters is not taken for its namesake', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:api';
    const secrets = [
      { name: 'LONG', valueFrom: `${arn}-AbC123-QwE456` },
      { name: 'SHORT', valueFrom: `${arn}-AbC123` },
    ];
    const where = context({ containerDefinitions: [{ ...app, secrets }] });
    const resource = `${arn}-AbC123`;
    expect(tied(denial({ class: 'secretsmanager-access-denied', resource }), where).secret).toBe(
      'SHORT',
    );
  });

  it('that two containers use gives the first line, and no container', () => {
    const second = { ...proxy, secrets: [{ name: 'PASSWORD', valueFrom: password }] };
    const where = context({ containerDefinitions: [app, second] });
    expect(
      tied(denial({ class: 'secret-access-denied', resource: password }), where),
    ).toMatchObject({
      container: null,
      secret: 'PASSWORD',
      file: 'containerDefinitions[0].secrets[0].valueFrom',
    });
  });

  it('that the text does not name is the only one of its kind, or none', () => {
    const denied = denial({ class: 'secretsmanager-access-denied' });
    expect(tied(denied)).toMatchObject({ secret: 'DATABASE_URL', resource: `${database}:url::` });
    // Two parameters: either may be meant.
    expect(tied(denial({ class: 'secret-access-denied' }))).toMatchObject({
      secret: null,
      resource: null,
      file: null,
    });
  });

  it('of a log driver or a private registry is found too', () => {
    const resource = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:splunk-AbC123';
    const splunk = {
      name: 'app',
      logConfiguration: {
        logDriver: 'splunk' as const,
        secretOptions: [{ name: 'splunk-token', valueFrom: resource }],
      },
    };
    const registry = { name: 'app', repositoryCredentials: { credentialsParameter: resource } };
    const one = denial({ class: 'secretsmanager-access-denied', resource });
    expect(tied(one, context({ containerDefinitions: [splunk] }))).toMatchObject({
      container: 'app',
      secret: null,
      file: 'containerDefinitions[0].logConfiguration.secretOptions[0].valueFrom',
    });
    expect(tied(one, context({ containerDefinitions: [registry] }))).toMatchObject({
      file: 'containerDefinitions[0].repositoryCredentials.credentialsParameter',
    });
  });

  it('that a KMS key encrypts is the one that the text was fetching', () => {
    const resource = 'arn:aws:kms:eu-west-1:123456789012:key/1b6a3f2e';
    const evidence = `failed to fetch secret ${database} from secrets manager: AccessDeniedException`;
    expect(
      tied(denial({ class: 'kms-denied', action: 'kms:Decrypt', resource, evidence })),
    ).toMatchObject({ secret: 'DATABASE_URL', container: 'app', resource });
    expect(tied(denial({ class: 'kms-denied', resource }))).toMatchObject({
      secret: null,
      resource,
    });
  });

  it('of which a JSON key is missing is the one that asks for this key', () => {
    const evidence = 'retrieved secret from Secrets Manager did not contain json key url';
    expect(tied(cause({ class: 'secret-key-missing', evidence }))).toMatchObject({
      secret: 'DATABASE_URL',
      container: 'app',
      resource: null,
    });
  });
});

describe('an image', () => {
  it.each([
    ['as the definition has it', image],
    ['with the digest that ECS pinned', `${image}@sha256:${'a'.repeat(64)}`],
    ['without its tag', image.replace(':9d04e11', '')],
    ['by the ARN of its repository', 'arn:aws:ecr:eu-west-1:123456789012:repository/web'],
  ])('is found %s', (_, resource) => {
    expect(tied(cause({ class: 'image-not-found', resource }))).toMatchObject({
      container: 'app',
      file: 'containerDefinitions[0].image',
      resource,
    });
  });

  it.each([
    'docker.io/library/nginx:1.27',
    'registry-1.docker.io/library/nginx:1.27',
    'library/nginx',
  ])('of Docker Hub is found by %s', (resource) => {
    expect(tied(cause({ class: 'image-rate-limited', resource })).container).toBe('proxy');
  });

  it('of another tag or registry is another image', () => {
    for (const resource of [
      image.replace('9d04e11', '3f1c2ab'),
      image.replace('123456789012', '210987654321'),
    ]) {
      expect(tied(cause({ class: 'image-not-found', resource })).container).toBeNull();
    }
  });

  it('that the text does not name is that of the container that it names', () => {
    expect(tied(cause({ class: 'image-platform-mismatch', container: 'proxy' }))).toMatchObject({
      resource: 'nginx:1.27',
      file: 'containerDefinitions[1].image',
    });
  });

  it('that the text does not name is the only one, or none', () => {
    const one = cause({ class: 'image-platform-mismatch' });
    expect(tied(one, context({ containerDefinitions: [app] })).resource).toBe(image);
    expect(tied(one).resource).toBeNull();
  });
});

describe('a log group', () => {
  it('that the text does not name is the only one', () => {
    expect(tied(cause({ class: 'log-group-missing' }))).toMatchObject({
      container: 'app',
      resource: '/ecs/web',
      file: 'containerDefinitions[0].logConfiguration.options.awslogs-group',
    });
  });

  it('that two containers share is known, but not which container is meant', () => {
    const where = context({ containerDefinitions: [app, { ...app, name: 'worker' }] });
    expect(tied(cause({ class: 'log-group-missing' }), where)).toMatchObject({
      container: null,
      resource: '/ecs/web',
    });
  });

  it('is not guessed where two containers have one each', () => {
    const options = { 'awslogs-group': '/ecs/other' };
    const other = { name: 'worker', logConfiguration: { logDriver: 'awslogs' as const, options } };
    const where = context({ containerDefinitions: [app, other] });
    expect(tied(cause({ class: 'log-group-missing' }), where)).toMatchObject({
      container: null,
      resource: null,
      file: null,
    });
  });

  it('is found by the ARN of a stream in it', () => {
    const resource = 'arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/web:log-stream:';
    expect(tied(denial({ class: 'log-access-denied', resource }))).toMatchObject({
      container: 'app',
      resource,
    });
  });
});

describe('files, volumes, roles and containers', () => {
  it('names the environment file', () => {
    expect(tied(cause({ class: 'env-file' }))).toMatchObject({
      container: 'app',
      resource: 'arn:aws:s3:::web-config/prod.env',
      file: 'containerDefinitions[0].environmentFiles[0].value',
    });
  });

  it('names the EFS file system and the container that mounts it', () => {
    expect(tied(cause({ class: 'efs-path-missing' }))).toMatchObject({
      container: 'app',
      resource: 'fs-0123456789abcdef0',
      file: 'volumes[0].efsVolumeConfiguration.rootDirectory',
    });
  });

  it('tells which role cannot be assumed', () => {
    const role = 'arn:aws:iam::123456789012:role/web-task';
    expect(
      tied(cause({ class: 'role-not-assumable', principal: role, resource: role })),
    ).toMatchObject({ file: 'taskRoleArn', principal: role, principalKind: 'task-role' });
  });

  it('does not tell the kind of a role that is both', () => {
    const role = 'arn:aws:iam::123456789012:role/web';
    const where = context({ executionRoleArn: role, taskRoleArn: role });
    expect(
      tied(cause({ class: 'role-not-assumable', principal: role, resource: role }), where),
    ).toMatchObject({ file: 'executionRoleArn', principalKind: null });
  });

  it('points at the role that may not be passed', () => {
    const resource = definition.executionRoleArn ?? '';
    expect(
      tied(
        denial({ class: 'pass-role-denied', principal: 'd', principalKind: 'deployer', resource }),
      ),
    ).toMatchObject({ file: 'executionRoleArn', principal: 'd' });
  });

  it('points at the container that the text names, and at the only one', () => {
    expect(tied(cause({ class: 'out-of-memory', container: 'proxy' }))).toMatchObject({
      container: 'proxy',
      file: 'containerDefinitions[1].memory',
    });
    const where = context({ containerDefinitions: [app] });
    expect(tied(cause({ class: 'app-exit' }), where).container).toBe('app');
    expect(tied(cause({ class: 'app-exit' })).container).toBeNull();
  });

  it('takes the only container with a health check, or with ports, for the unhealthy one', () => {
    expect(tied(cause({ class: 'container-health-check' })).container).toBe('app');
    expect(tied(cause({ class: 'elb-health-check' })).container).toBe('app');
  });
});

describe('the principal', () => {
  it('is the execution role where only it can be meant', () => {
    for (const name of [
      'secret-access-denied',
      'secretsmanager-access-denied',
      'registry-auth-denied',
      'log-access-denied',
    ] as const) {
      expect(tied(cause({ class: name }))).toMatchObject({
        principal: 'web-execution',
        principalKind: 'execution-role',
      });
    }
  });

  it('is the execution role for an image of ECR, and nobody for one of another registry', () => {
    expect(tied(cause({ class: 'image-access-denied', resource: image })).principal).toBe(
      'web-execution',
    );
    const resource = 'nginx:1.27';
    expect(tied(cause({ class: 'image-access-denied', resource })).principal).toBeNull();
  });

  it('is never replaced, and not added to a call of the deployer', () => {
    const other = denial({ class: 'secret-access-denied', principal: 'other' });
    expect(tied(other).principal).toBe('other');
    expect(
      tied(cause({ class: 'kms-denied', evidence: 'Access to KMS is not allowed' })).principal,
    ).toBeNull();
    expect(
      tied(cause({ class: 'deployer-access-denied', principalKind: 'deployer' })).principal,
    ).toBeNull();
  });

  it('stays unknown where the task definition has no execution role', () => {
    const { executionRoleArn: _, ...rest } = definition;
    const where = { ...context(), definition: rest };
    expect(tied(cause({ class: 'secret-access-denied' }), where)).toMatchObject({
      principal: null,
      principalKind: null,
    });
  });
});

describe('a definition of any shape', () => {
  it('ties nothing where lists are no lists', () => {
    const broken = { containerDefinitions: 'none', volumes: {} } as unknown as typeof definition;
    const where = { ...context(), definition: broken };
    for (const name of ['secret-access-denied', 'efs-network', 'app-exit', 'log-config'] as const) {
      expect(tied(cause({ class: name }), where).file).toBeNull();
    }
  });

  it('has no line where the value is not from a file', () => {
    const where: Context = { ...context(), locate: () => undefined };
    expect(
      tied(denial({ class: 'secret-access-denied', resource: password }), where),
    ).toMatchObject({ container: 'app', secret: 'PASSWORD', file: null, line: null });
  });
});
