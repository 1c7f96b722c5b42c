import { describe, expect, it } from 'vitest';
import { causesOf } from '../../src/diagnosis/causes.ts';
import type { Evidence } from '../../src/diagnosis/types.ts';
import { ACCOUNT, api, checkRows, container, denial, event, missing, TASK, task } from './table.ts';

const V1 =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';
const PULL =
  'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ';
const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}`;
const parameter = `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/web/password`;
const notFound = (name: string) =>
  task(
    `${V1}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret(name)} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    { class: 'secretsmanager-not-found', resource: secret(name) },
  );
const execution = { principal: 'web-execution', principalKind: 'execution-role' } as const;

describe('names that sound like failures', () => {
  checkRows([
    notFound('CannotPullContainerError-AbCdEf'),
    notFound('kms-key-access-denied-AbCdEf'),
    notFound('prod/throttling-timeout-AbCdEf'),
    task(
      `${V1}unable to retrieve secret from asm: failed to fetch secret ${secret('prod/kms/token-AbCdEf')} from secrets manager: AccessDeniedException: ${denial('secretsmanager:GetSecretValue', secret('prod/kms/token-AbCdEf'))}`,
      {
        class: 'secretsmanager-access-denied',
        ...execution,
        action: 'secretsmanager:GetSecretValue',
        resource: secret('prod/kms/token-AbCdEf'),
        ...missing,
      },
    ),
    task(
      `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /kms/forbidden, access_denied`,
      [
        { class: 'secret-not-found', resource: '/kms/forbidden' },
        { class: 'secret-not-found', resource: 'access_denied' },
      ],
    ),
    // A tag may be a build's number, and so any HTTP status.
    ...['401', '403', '429', '503'].flatMap((tag) => {
      const ecr = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/forbidden:${tag}`;
      return [
        task(`${PULL}${ecr}: ${ecr}: not found`, { class: 'image-not-found', resource: ecr }),
        container(
          `CannotPullContainerError: Error response from daemon: manifest for web/api:${tag} not found: manifest unknown`,
          { class: 'image-not-found', resource: `web/api:${tag}` },
        ),
      ];
    }),
    task(
      `${PULL}ghcr.io/acme/web:404: unexpected status from HEAD request to https://ghcr.io/v2/acme/web/manifests/404: 403 Forbidden`,
      { class: 'image-access-denied', resource: 'ghcr.io/acme/web:404' },
    ),
    event('(service timeout-error-denied) has started 1 tasks: (task a).', 'none'),
    event(
      `(service web) deregistered 1 targets in (target-group arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:targetgroup/failed/4fe72fe75cdf9149)`,
      'none',
    ),
  ]);
});

describe('denials in other dress', () => {
  const denied = {
    class: 'secret-access-denied',
    ...execution,
    action: 'ssm:GetParameters',
    resource: parameter,
    ...missing,
  } as const;
  const said = `${V1}unable to retrieve secrets from ssm: AccessDeniedException: ${denial('ssm:GetParameters', parameter)}`;
  checkRows([
    // Wrapped by a terminal in the middle of words, and boxed by Terraform.
    task(
      said.replace('web-execution', 'web-\n  execution').replace('authorized', 'autho\nrized'),
      denied,
    ),
    task(said.replace('ssm:GetParameters on', 'ssm:Get\nParameters on'), denied),
    task(said.replace('web/password', 'web/pass\n    word'), denied),
    task(`│ ${said.replaceAll(': ', ':\n│ ')}\n│ `, denied),
    // As JSON inside JSON.
    task(said.replace(parameter, `\\"${parameter}\\"`), denied),
    task(said.replaceAll(' because', '\\n\\tbecause'), denied),
    task(said.toUpperCase(), {
      ...denied,
      principal: 'WEB-EXECUTION',
      action: 'SSM:GETPARAMETERS',
      resource: parameter.toUpperCase(),
    }),
    task(said.replaceAll('ssm:GetParameters', 'ssm:*'), { ...denied, action: 'ssm:*' }),
    api(
      'CreateService',
      'AccessDeniedException',
      `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: ecs:CreateService on resource: * with an explicit deny in a service control policy`,
      {
        class: 'deployer-access-denied',
        principal: `arn:aws:iam::${ACCOUNT}:root`,
        principalKind: 'deployer',
        action: 'ecs:CreateService',
        resource: '*',
        fixableInRole: false,
        policy: 'service-control',
        explicit: true,
      },
    ),
    // A session that is called like another role.
    api(
      'UpdateService',
      'AccessDeniedException',
      denial('ecs:UpdateService', '*', { role: 'deploy', session: 'ecsTaskExecutionRole' }),
      {
        class: 'deployer-access-denied',
        principal: 'deploy',
        principalKind: 'deployer',
        action: 'ecs:UpdateService',
        resource: '*',
        ...missing,
      },
    ),
  ]);
});

describe('logs', () => {
  const ended = (name: string, logs: Record<string, string[]>): Evidence => ({
    kind: 'stopped-task',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name, exitCode: 1, reason: null }],
    logs,
  });

  it('reads a denial that the log wraps', () => {
    const table = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/jobs`;
    const lines = denial('dynamodb:PutItem', table, { role: 'web-task' }).split(
      / (?=to perform|because)/,
    );
    expect(causesOf(ended('app', { app: ['started', ...lines, 'bye'] }))[0]).toMatchObject({
      class: 'app-exit',
      principal: 'web-task',
      principalKind: 'task-role',
      action: 'dynamodb:PutItem',
      resource: table,
      fixableInRole: true,
    });
  });

  it('takes nothing from the lines after an object', () => {
    const object = 'arn:aws:s3:::bucket/key';
    const line = `User: arn:aws:sts::${ACCOUNT}:assumed-role/web-task/${TASK} is not authorized to perform: s3:PutObject on resource: ${object}\nTraceback (most recent call last): because of this`;
    expect(causesOf(ended('app', { app: [line] }))[0]).toMatchObject({ resource: object });
  });

  it('belong to containers of any name', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(causesOf(ended(name, {}))[0]).toMatchObject({ class: 'app-exit', container: name });
    }
  });
});
