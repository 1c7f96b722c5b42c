import { afterEach, describe, expect, it } from 'vitest';
import { Story } from './story.ts';
import type { World } from './world.ts';
import type { WebOverrides } from './worlds.ts';
import { webWorld } from './worlds.ts';

const stories: Story[] = [];

afterEach(async () => {
  for (const story of stories.splice(0)) await story.simulator.close();
});

const uuid = '[0-9a-f-]{36}';
const account = '123456789012';
const ssmArn = `arn:aws:ssm:eu-west-1:${account}:parameter/web/prod/password`;
const secretArn = `arn:aws:secretsmanager:eu-west-1:${account}:secret:web/db-AbC123`;

/** Deploys `web` with one secret; tells how its first task stopped and what the events say. */
async function deployWith(container: object, overrides: WebOverrides = {}) {
  const story = await Story.of(webWorld(overrides));
  stories.push(story);
  const taskDefinition = await story.registerWith((old) => ({ ...old, ...container }));
  await story.update({ taskDefinition });
  story.pass(30);
  const [task] = await story.stoppedTasks();
  return { story, task, reason: task?.stoppedReason, told: await story.told() };
}

const secret = (valueFrom: string) => ({ secrets: [{ name: 'SECRET', valueFrom }] });

const withRole = (actions: string[], more: Partial<World> = {}): WebOverrides => ({
  world: {
    roles: {
      'web-execution': {
        managed: ['AmazonECSTaskExecutionRolePolicy'],
        allow: actions.map((action) => ({ action })),
      },
      'web-task': {},
    },
    ...more,
  },
});

describe('tasks fail by what the world is like', () => {
  it('start when the role may read the parameter', async () => {
    const { task } = await deployWith(secret(ssmArn));
    expect(task).toBeUndefined();
  });

  it('fail at a parameter that the role may not read, session name and all', async () => {
    const { task, reason, told } = await deployWith(secret(ssmArn), {
      roleMayReadParameter: false,
    });
    const id = task?.taskArn.split('/').at(-1);
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(task).not.toHaveProperty('startedAt');
    expect(task?.containers[0]).not.toHaveProperty('exitCode');
    expect(reason).toMatch(
      new RegExp(
        `^ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time\\(s\\): operation error SSM: GetParameters, https response error StatusCode: 400, RequestID: ${uuid}, api error AccessDeniedException: User: arn:aws:sts::${account}:assumed-role/web-execution/${id} is not authorized to perform: ssm:GetParameters on resource: ${ssmArn} because no identity-based policy allows the ssm:GetParameters action$`,
      ),
    );
    expect(told).toContain(`was unable to place a task. Reason: ${reason}.`);
  });

  it('fail at a parameter that does not exist', async () => {
    const { reason } = await deployWith(
      secret('/web/prod/pasword'),
      withRole(['ssm:GetParameters']),
    );
    expect(reason).toBe(
      'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /web/prod/pasword',
    );
  });

  it('say the same thing only once in the events', async () => {
    const { story } = await deployWith(secret('/nowhere'), withRole(['ssm:GetParameters']));
    story.pass(45);
    const told = await story.told();
    expect(told.filter((text) => text.startsWith('was unable to place'))).toHaveLength(1);
    expect((await story.stoppedTasks()).length).toBeGreaterThan(2);
  });

  it('fail at a secret that the role may not read', async () => {
    const { reason } = await deployWith(secret(secretArn));
    expect(reason).toMatch(
      new RegExp(
        `unable to retrieve secret from asm: service call has been retried 1 time\\(s\\): failed to fetch secret ${secretArn} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: ${uuid}, api error AccessDeniedException: User: .* is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secretArn} because no identity-based policy allows the secretsmanager:GetSecretValue action$`,
      ),
    );
  });

  it.each([
    ['is not there', [], '', "can't find the specified secret\\.$"],
    ['was never given a value', [{ empty: true }], '', 'value for staging label: AWSCURRENT$'],
    ['lacks the key', [{ keys: ['user'] }], ':password::', 'did not contain json key password$'],
    ['is no JSON', [{}], ':password::', "invalid character 'p' in literal true"],
    ['is misspelt', [{ keys: ['password'] }], ':password', 'unexpected ARN format'],
  ])('fail at a secret that %s', async (_why, found, suffix, text) => {
    const secrets = found.map((one) => ({ arn: secretArn, name: 'web/db', ...one }));
    const role = withRole(['secretsmanager:GetSecretValue'], { secrets });
    const { reason } = await deployWith(secret(secretArn + suffix), role);
    expect(reason).toMatch(new RegExp(text));
  });

  it('fail at an image whose tag is not in the repository', async () => {
    const image = `${account}.dkr.ecr.eu-west-1.amazonaws.com/web:9d2e4c1`;
    const { reason } = await deployWith(
      { image },
      { world: { repositories: { web: { tags: ['3f1c2ab'] } } } },
    );
    expect(reason).toBe(
      `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${image}: ${image}: not found`,
    );
  });

  it('fail at a log group that does not exist', async () => {
    const { reason } = await deployWith({}, { world: { logGroups: [] } });
    expect(reason).toMatch(/ResourceNotFoundException: The specified log group does not exist\./);
  });

  it('are not even made when the role cannot be assumed', async () => {
    const role = { 'web-task': {}, 'web-execution': { trust: 'ecs.amazonaws.com' } };
    const { task, told, story } = await deployWith({}, { world: { roles: role } });
    expect(task).toBeUndefined();
    expect(told.at(-1)).toMatch(
      /^failed to launch a task with \(error ECS was unable to assume the role 'arn:aws:iam::123456789012:role\/web-execution' that was provided/,
    );
    story.pass(120);
    expect(await story.told()).toContainEqual(
      expect.stringContaining('deployment failed: tasks failed to start.'),
    );
  });
});
