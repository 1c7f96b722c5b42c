import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';
import { account, clientOptions, tell } from './sdk.ts';
import type { Play, PolicyStatement, RoleSpec, World } from './world.ts';
import type { WebOverrides } from './worlds.ts';
import { webWorld } from './worlds.ts';

const ssmArn = `arn:aws:ssm:eu-west-1:${account}:parameter/web/prod/password`;
const secretArn = `arn:aws:secretsmanager:eu-west-1:${account}:secret:web/db-AbC123`;
const keyArn = `arn:aws:kms:eu-west-1:${account}:key/0f5a2c1e-7d3b-4a6f-9c8e-1b2d3c4e5f60`;
const managed = ['AmazonECSTaskExecutionRolePolicy'];
const secret = (valueFrom: string) => ({ secrets: [{ name: 'SECRET', valueFrom }] });

/** Deploys `web` with a changed container; tells how its first failed task stands after a while. */
async function deployWith(
  container: Record<string, unknown>,
  overrides: WebOverrides = {},
  seconds = 60,
) {
  const story = await tell(webWorld(overrides));
  const taskDefinition = await story.registerWith((old) => ({ ...old, ...container }));
  const { deployments } = await story.update({ taskDefinition });
  story.pass(seconds);
  const task = (await story.stoppedTasks()).find(
    ({ startedBy }) => startedBy === deployments[0]?.id,
  );
  return { story, task, reason: task?.stoppedReason, told: await story.told() };
}

const world = (role: RoleSpec, more: Partial<World> = {}): WebOverrides => ({
  world: { roles: { 'web-execution': { managed, ...role }, 'web-task': {} }, ...more },
});

const playing = (play: Play): WebOverrides => ({ service: { desiredCount: 1, plays: [play] } });

describe('the policy that says no is named', () => {
  const allow = [{ action: 'ssm:*' }];
  const statement = [{ action: 'ssm:GetParameters' }];

  it.each<[string, RoleSpec, Partial<World>, string]>([
    [
      'the role’s own explicit deny',
      { allow, deny: statement },
      {},
      'with an explicit deny in an identity-based policy',
    ],
    [
      'a service control policy',
      { allow, scp: statement },
      {},
      'with an explicit deny in a service control policy',
    ],
    [
      'a permissions boundary',
      { allow, boundary: [{ action: 'ecr:*' }] },
      {},
      'because no permissions boundary allows the ssm:GetParameters action',
    ],
    [
      'a VPC endpoint',
      { allow },
      { endpointPolicy: [{ action: 'ecr:*' }] },
      'because no VPC endpoint policy allows the ssm:GetParameters action',
    ],
  ])('%s', async (_, role, more, ending) => {
    const boundary = role.boundary && [...role.boundary, { action: 'logs:*' }];
    const spec = boundary === undefined ? role : { ...role, boundary };
    const { reason } = await deployWith(secret(ssmArn), world(spec, more));
    expect(reason).toContain(`ssm:GetParameters on resource: ${ssmArn} ${ending}`);
  });

  it('a resource policy of a secret, which may also allow by itself', async () => {
    const document = (Effect: 'Allow' | 'Deny') => ({
      Statement: [
        {
          Effect,
          Principal: { AWS: `arn:aws:iam::${account}:role/web-execution` },
          Action: 'secretsmanager:GetSecretValue',
        },
      ],
    });
    const secrets = (Effect: 'Allow' | 'Deny') => [
      { arn: secretArn, name: 'web/db', policy: document(Effect) },
    ];
    const denied = await deployWith(
      secret(secretArn),
      world({ allow: [{ action: 'secretsmanager:*' }] }, { secrets: secrets('Deny') }),
    );
    expect(denied.reason).toMatch(/with an explicit deny in a resource-based policy$/);
    const allowed = await deployWith(secret(secretArn), world({}, { secrets: secrets('Allow') }));
    expect(allowed.task).toBeUndefined();
  });
});

describe('a trust policy', () => {
  const trusting = (Condition: PolicyStatement['Condition'], more: PolicyStatement[] = []) => {
    const statement: PolicyStatement = {
      Effect: 'Allow',
      Principal: { Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] },
      Action: 'sts:AssumeRole',
      ...(Condition && { Condition }),
    };
    return world({ trust: { Statement: [statement, ...more] } });
  };
  const of = (id: string) => ({ StringEquals: { 'aws:SourceAccount': id } });
  const deny: PolicyStatement = { Effect: 'Deny', Principal: '*', Action: 'sts:*' };

  it.each([
    ['lets tasks in that it names among others', trusting(undefined), 'starts'],
    ['with the right account lets tasks in', trusting(of(account)), 'starts'],
    ['with another account keeps tasks out', trusting(of('999999999999')), 'fails'],
    [
      'with another account excluded lets tasks in',
      trusting({ StringNotEquals: { 'aws:SourceAccount': '999999999999' } }),
      'starts',
    ],
    [
      'with a pattern of ARNs lets tasks in',
      trusting({ ArnLike: { 'aws:SourceArn': `arn:aws:ecs:*:${account}:*` } }),
      'starts',
    ],
    ['with a Deny keeps tasks out', trusting(undefined, [deny]), 'fails'],
  ])('%s', async (_, overrides, outcome) => {
    const { told } = await deployWith({}, overrides);
    const refused = told.some((text) => text.includes('ECS was unable to assume the role'));
    expect(refused ? 'fails' : 'starts').toBe(outcome);
  });
});

describe('keys', () => {
  const parameters = [{ name: '/web/prod/password', kmsKeyArn: 'alias/web' }];
  const keys = [{ arn: keyArn, aliases: ['alias/web'] }];
  const allow = [{ action: 'ssm:GetParameters' }];

  it.each<[World['kmsDenial'], string]>([
    ['named', `is not authorized to perform: kms:Decrypt on resource: ${keyArn} because no`],
    ['ciphertext', 'The ciphertext refers to a customer master key that does not exist'],
  ])('are denied in either wording: %s', async (kmsDenial, text) => {
    const { reason } = await deployWith(
      secret(ssmArn),
      world({ allow }, { parameters, keys, ...(kmsDenial && { kmsDenial }) }),
    );
    expect(reason).toContain('unable to retrieve secrets from ssm:');
    expect(reason).toContain(text);
  });

  it('may be used through the service that a condition names', async () => {
    const through = (service: string) => [
      ...allow,
      {
        action: 'kms:Decrypt',
        resource: keyArn,
        conditions: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` },
      },
    ];
    const right = world({ allow: through('ssm') }, { parameters, keys });
    expect((await deployWith(secret(ssmArn), right)).task).toBeUndefined();
    const wrong = world({ allow: through('secretsmanager') }, { parameters, keys });
    expect((await deployWith(secret(ssmArn), wrong)).reason).toContain('kms:Decrypt');
  });

  it('of AWS need no permission', async () => {
    const byAws = [{ name: '/web/prod/password', kmsKeyArn: 'alias/aws/ssm' }];
    const { task } = await deployWith(secret(ssmArn), world({ allow }, { parameters: byAws }));
    expect(task).toBeUndefined();
  });
});

describe('secrets and files', () => {
  const allow = [{ action: 'secretsmanager:GetSecretValue' }, { action: 's3:GetObject' }];

  it.each([
    ['was deleted', { deletedSecondsAgo: 60 }, '', 'because it was marked for deletion.'],
    ['has no such stage', {}, '::blue:', 'secret value for staging label: blue'],
    ['has no such version', {}, ':::v9', 'secret value for VersionId: v9'],
  ])('a secret that %s', async (_, spec, suffix, text) => {
    const secrets = [{ arn: secretArn, name: 'web/db', ...spec }];
    const { reason } = await deployWith(secret(secretArn + suffix), world({ allow }, { secrets }));
    expect(reason).toContain(text);
  });

  it('an environment file that may not be read, or is not there', async () => {
    const file = 'arn:aws:s3:::web-config/prod.env';
    const container = { environmentFiles: [{ type: 's3', value: file }] };
    const denied = await deployWith(container, world({}));
    expect(denied.reason).toMatch(
      /^ResourceInitializationError: failed to download env files: service call has been retried 1 time\(s\): operation error S3: HeadObject, https response error StatusCode: 403, /,
    );
    const missing = await deployWith(container, world({ allow }, { objects: [] }));
    expect(missing.reason).toContain('StatusCode: 404');
    const there = await deployWith(container, world({ allow }, { objects: [file] }));
    expect(there.task).toBeUndefined();
  });
});

describe('images of another platform', () => {
  const image = `${account}.dkr.ecr.eu-west-1.amazonaws.com/web:arm`;
  const repositories = (manifest: 'single' | 'index') => ({
    world: {
      repositories: { web: { tags: [{ tag: 'arm', platforms: ['linux/arm64'], manifest }] } },
    },
  });

  it('cannot be pulled from an index that lacks the platform', async () => {
    const { reason } = await deployWith({ image }, repositories('index'));
    expect(reason).toBe(
      "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
    );
  });

  it('are pulled when they are single, and then only the log tells', async () => {
    const { story, task } = await deployWith({ image }, repositories('single'));
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ name: 'app', exitCode: 1 }],
    });
    const logs = new CloudWatchLogsClient(clientOptions(story.simulator));
    const { events } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: '/ecs/web',
        logStreamName: `app/app/${task?.taskArn.split('/').at(-1)}`,
      }),
    );
    expect(events?.[0]?.message).toMatch(/^exec .*: exec format error$/);
  });

  it('run where the definition asks for them', async () => {
    const { taskDefinitions } = webWorld();
    const [definition] = taskDefinitions;
    const { task } = await deployWith(
      { image },
      {
        ...repositories('single'),
        taskDefinition: { ...definition, runtimePlatform: { cpuArchitecture: 'ARM64' } },
      },
    );
    expect(task).toBeUndefined();
  });

  it('by digest are found as those by tag', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const { reason } = await deployWith({ image: `${image}@${digest}` }, repositories('single'));
    expect(reason).toContain(`${digest}: not found`);
  });

  it('may come from elsewhere through a cache rule', async () => {
    const cached = { image: `${account}.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/nginx:1` };
    const rules = [{ prefix: 'docker-hub', upstream: 'registry-1.docker.io' }];
    const { task } = await deployWith(cached, { world: { pullThroughCacheRules: rules } });
    expect(task).toBeUndefined();
  });
});

describe('plays', () => {
  it.each<[Play, object]>([
    [{ outcome: 'exit-zero' }, { exitCode: 0 }],
    [{ outcome: 'exec-format' }, { exitCode: 1 }],
    [
      { outcome: 'oom' },
      { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ],
  ])('%o ends the container', async (play, container) => {
    const { task } = await deployWith({}, playing(play));
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [container],
    });
  });

  it.each<[Play['outcome'], Record<string, unknown>, RegExp]>([
    ['rate-limited', {}, /429 Too Many Requests - Server message: toomanyrequests:/],
    ['no-route', {}, /The task cannot pull registry auth from Amazon ECR:.*i\/o timeout$/],
    ['no-route', secret(ssmArn), /from ssm: The task cannot pull secrets.*deadline exceeded$/],
    ['no-route', secret(secretArn), /from asm: There is a connection issue.*deadline exceeded$/],
  ])('%s keeps tasks from starting: %o', async (outcome, container, text) => {
    const secrets = [{ arn: secretArn, name: 'web/db' }];
    const allow = [{ action: 'ssm:*' }, { action: 'secretsmanager:*' }];
    const { reason, task } = await deployWith(container, {
      ...world({ allow }, { secrets }),
      ...playing({ outcome }),
    });
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(reason).toMatch(text);
  });

  it('spot takes tasks away, which the breaker does not count', async () => {
    const { story, task } = await deployWith({}, playing({ outcome: 'spot' }), 400);
    expect(task).toMatchObject({
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
      containers: [{ exitCode: 137 }],
    });
    expect((await story.service()).deployments[0]).toMatchObject({
      rolloutState: 'IN_PROGRESS',
      failedTasks: 0,
    });
  });

  it('a policy that takes a while to arrive fails the first tasks only', async () => {
    const late = [{ action: 'ssm:GetParameters', propagationSeconds: 60 }];
    const { story, reason } = await deployWith(secret(ssmArn), world({ allow: late }), 200);
    expect(reason).toContain('because no identity-based policy allows');
    expect((await story.service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });
});

describe('a task that fails to start', () => {
  it('says why when it begins to stop, and counts when it has stopped', async () => {
    const story = await tell(webWorld(playing({ outcome: 'image-missing' })));
    await story.deploy();
    const failedTasks = async () => (await story.service()).deployments[0]?.failedTasks;
    story.pass(19);
    expect(await story.stoppedTasks()).toEqual([]);
    story.pass(2);
    const [task] = await story.stoppedTasks();
    expect(task).toMatchObject({
      desiredStatus: 'STOPPED',
      lastStatus: 'DEPROVISIONING',
      stoppedReason: expect.stringMatching(/^CannotPullContainerError: /),
    });
    expect(task).not.toHaveProperty('stoppedAt');
    expect(await story.told()).toContain(
      `was unable to place a task. Reason: ${task?.stoppedReason}.`,
    );
    expect(await failedTasks()).toBe(0);
    story.pass(20);
    const [stopped] = await story.stoppedTasks();
    expect(stopped).toMatchObject({ lastStatus: 'STOPPED' });
    expect(stopped?.containers[0]).not.toHaveProperty('exitCode');
    expect(await failedTasks()).toBe(1);
  });

  it('leaves exit codes in all containers when it did start', async () => {
    const sidecar = { name: 'proxy', image: 'proxy:1', essential: false };
    const [definition] = webWorld().taskDefinitions;
    const story = await tell(
      webWorld({
        ...playing({ outcome: 'app-exit', exitCode: 3 }),
        taskDefinition: {
          containerDefinitions: [...(definition?.containerDefinitions ?? []), sidecar],
        },
      }),
    );
    await story.update({ forceNewDeployment: true });
    story.pass(80);
    const [task] = await story.stoppedTasks();
    expect(task?.containers.map(({ exitCode }) => exitCode)).toEqual([3, 143]);
  });
});
