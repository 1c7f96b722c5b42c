import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/diagnosis/catalogue.ts';
import { certainties, type FailureClass } from '../../src/diagnosis/classes.ts';
import { toFinding } from '../../src/diagnosis/finding.ts';
import type { Cause, Context } from '../../src/diagnosis/types.ts';
import { cause, context, database, denial, image, password } from './finding-factory.ts';

const classes = Object.keys(certainties) as FailureClass[];
const summary = (one: Cause, where?: Context) => toFinding(one, 1, where).summary;

describe('the summary of a denial', () => {
  it('names role, parameter, variable and container', () => {
    const one = denial({ class: 'secret-access-denied', resource: password });
    expect(summary(one, context())).toBe(
      'The execution role web-execution may not read the SSM parameter /web/prod/password (secret PASSWORD of container app).',
    );
    expect(summary(one)).toBe(
      'The execution role web-execution may not read the SSM parameter /web/prod/password.',
    );
  });

  it('names what the text leaves out in general words', () => {
    expect(summary(cause({ class: 'secret-access-denied' }))).toBe(
      'The execution role may not read an SSM parameter.',
    );
    expect(summary(cause({ class: 'kms-denied' }))).toBe(
      'The caller may not decrypt with the KMS key of a secret.',
    );
    expect(summary(cause({ class: 'deployer-access-denied', principalKind: 'deployer' }))).toBe(
      'The deployer role may not make this call.',
    );
  });

  it('tells a secret of Secrets Manager by its name without the six characters', () => {
    const one = denial({ class: 'secretsmanager-access-denied', resource: database });
    expect(summary(one)).toBe(
      'The execution role web-execution may not read the secret web/db of Secrets Manager.',
    );
    const word = database.replace('-AbC123', '-secret');
    expect(summary(denial({ class: 'secretsmanager-access-denied', resource: word }))).toContain(
      'the secret web/db-secret of',
    );
  });

  it.each([
    [{ policy: 'service-control', explicit: true }, ': a service control policy denies it.'],
    [{ policy: 'resource', explicit: false }, ': the policy of the resource does not allow it.'],
    [{ policy: 'vpc-endpoint', explicit: true }, ': the policy of a VPC endpoint denies it.'],
    [
      { policy: 'permissions-boundary', explicit: false },
      ': its permissions boundary does not allow it.',
    ],
    [{ policy: 'session', explicit: false }, ': its session policy does not allow it.'],
    [{ policy: 'identity', explicit: true }, ': a policy of its own denies it.'],
    [{ policy: null, explicit: true }, ': a policy denies it.'],
  ] as const)('names the policy that says no: %o', (says, end) => {
    const one = denial({ class: 'secret-access-denied', resource: password, ...says });
    expect(summary(one)).toBe(
      `The execution role web-execution may not read the SSM parameter /web/prod/password${end}`,
    );
  });

  it('names the KMS key and what it encrypts', () => {
    const one = denial({
      class: 'kms-denied',
      resource: 'arn:aws:kms:eu-west-1:123456789012:key/1b6a3f2e',
      evidence: `failed to fetch secret ${database} from secrets manager`,
    });
    expect(summary(one, context())).toBe(
      'The execution role web-execution may not decrypt with the KMS key 1b6a3f2e that encrypts web/db (secret DATABASE_URL of container app).',
    );
  });

  it('names the user, the service-linked role, or the deployer and the call', () => {
    const call = denial({
      class: 'deployer-access-denied',
      action: 'ecs:UpdateService',
      resource: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web',
      principalKind: 'deployer',
      principal: 'web-deployer',
    });
    expect(summary(call)).toBe(
      'The deployer role web-deployer may not call ecs:UpdateService on service/prod/web.',
    );
    expect(summary({ ...call, principal: 'arn:aws:iam::123456789012:user/ci/bot' })).toBe(
      'The user bot may not call ecs:UpdateService on service/prod/web.',
    );
    expect(summary({ ...call, principalKind: 'service-linked-role', resource: '*' })).toBe(
      'The service-linked role web-deployer may not call ecs:UpdateService.',
    );
  });
});

describe('the summary', () => {
  it.each<[string, Cause]>([
    [
      'The image tag 9d04e11 is not in the repository web (container app).',
      cause({ class: 'image-not-found', resource: image }),
    ],
    [
      'The image web:9d04e11 of container app is not built for the platform that the task runs on (linux/amd64).',
      cause({ class: 'image-platform-mismatch', resource: image, platform: 'linux/amd64' }),
    ],
    [
      'Container app was killed for using more memory than its limit.',
      cause({ class: 'out-of-memory', container: 'app' }),
    ],
    [
      'Container app exited with code 139 (segmentation fault).',
      cause({ class: 'app-exit', container: 'app', exitCode: 139 }),
    ],
    [
      'Container app exited with code 1, and its log says: the task role web-task may not call s3:GetObject on uploads/a.',
      denial({
        class: 'app-exit',
        container: 'app',
        exitCode: 1,
        principal: 'web-task',
        principalKind: 'task-role',
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::uploads/a',
      }),
    ],
    [
      'The log group /ecs/web of container app does not exist.',
      cause({ class: 'log-group-missing' }),
    ],
    [
      'The execution role web-execution may not create the log group /ecs/web of container app.',
      denial({ class: 'log-access-denied', action: 'logs:CreateLogGroup' }),
    ],
    [
      'The tasks failed the health checks of the load balancer: they answered 503.',
      cause({
        class: 'elb-health-check',
        evidence: 'Health checks failed with these codes: [503]',
      }),
    ],
    [
      'ECS may not assume the task role web-task.',
      cause({ class: 'role-not-assumable', resource: 'arn:aws:iam::123456789012:role/web-task' }),
    ],
    [
      'The secret web/db of Secrets Manager is marked for deletion.',
      cause({
        class: 'secretsmanager-not-found',
        resource: database.replace('eu-west-1', 'eu-west-2'),
        evidence:
          "You can't perform this operation on the secret because it was marked for deletion.",
      }),
    ],
    [
      'A lifecycle hook of the deployment failed at PRE_SCALE_UP.',
      cause({
        class: 'lifecycle-hook-failed',
        evidence: 'rolled back because PRE_SCALE_UP lifecycle hook(s) failed.',
      }),
    ],
    [
      'AWS says: something new happened.',
      cause({ class: 'other', evidence: 'something\nnew\u001b happened' }),
    ],
  ])('is: %s', (expected, one) => {
    expect(summary(one, context())).toBe(expected);
  });

  it.each(classes)('is a sentence of plain text for %s, whatever is known', (name) => {
    for (const where of [undefined, context()]) {
      for (const one of [
        cause({ class: name }),
        denial({ class: name, resource: 'x'.repeat(999) }),
      ]) {
        expect(summary(one, where)).toMatch(/^[A-Z][^`*\n]{10,900}\.$/);
      }
    }
  });

  it('holds no control characters of the text', () => {
    const names = ['/a\u001b[2J\n::error::b', `${password}\u009b\u2028\u001bb`];
    for (const resource of names) {
      for (const name of ['secret-access-denied', 'secret-not-found'] as const) {
        const { summary: text, fix } = toFinding(
          denial({ class: name, resource, principal: 'r\u0007\u009b' }),
          1,
        );
        expect(text).not.toMatch(/[\p{Cc}\u2028]/u);
        expect(fix).not.toMatch(/[^\P{Cc}\n]|\u2028/u);
        expect(fix).not.toMatch(/^::/m);
      }
    }
  });
});

describe('a finding without a context', () => {
  it.each(Object.entries(catalogue))('passes on what the text of %s says, unchanged', (name) => {
    const one = cause({
      class: name as FailureClass,
      principal: 'p',
      principalKind: 'task-role',
      action: 'a:B',
      resource: 'r',
      fixableInRole: false,
      container: 'c',
    });
    expect(toFinding(one, 3)).toMatchObject({
      class: name,
      principal: 'p',
      principalKind: 'task-role',
      action: 'a:B',
      resource: 'r',
      fixableInRole: false,
      container: 'c',
      count: 3,
      evidence: 'what AWS says',
      secret: null,
      file: null,
      line: null,
    });
  });

  it.each(classes)('adds nothing to what the text of %s does not say', (name) => {
    expect(toFinding(cause({ class: name }), 1)).toMatchObject({
      principal: null,
      principalKind: null,
      action: null,
      resource: null,
      fixableInRole: null,
      container: null,
      secret: null,
      file: null,
      line: null,
    });
  });
});
