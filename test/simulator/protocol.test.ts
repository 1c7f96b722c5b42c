import { afterEach, describe, expect, it } from 'vitest';
import { callJson, callQuery } from './client.ts';
import { startSimulator } from './simulator.ts';
import { Story } from './story.ts';
import type { World } from './world.ts';
import { webWorld } from './worlds.ts';

const stories: Story[] = [];

afterEach(async () => {
  for (const story of stories.splice(0)) await story.simulator.close();
});

async function begin(world: Partial<World> = {}): Promise<Story> {
  const story = await Story.of(webWorld({ world }));
  stories.push(story);
  return story;
}

const describeWeb = { cluster: 'prod', services: ['web'] };

describe('who calls', () => {
  it('must be known', async () => {
    const story = await begin({ callers: { AKIAKNOWN: { arn: 'arn:aws:iam::1:user/known' } } });
    const unsigned = await story.ecs('DescribeServices', describeWeb, { key: '' });
    expect(unsigned).toMatchObject({
      status: 403,
      json: { __type: 'MissingAuthenticationTokenException' },
    });
    const unknown = await story.ecs('DescribeServices', describeWeb, { key: 'AKIAOTHER' });
    expect(unknown.json.__type).toBe('UnrecognizedClientException');
    const known = await story.ecs('DescribeServices', describeWeb, { key: 'AKIAKNOWN' });
    expect(known.status).toBe(200);
  });

  it('may only do what it is allowed to', async () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/github';
    const story = await begin({
      callers: {
        '*': { arn, deny: [{ action: 'ecs:UpdateService' }, { action: 'iam:PassRole' }] },
      },
    });
    const update = await story.ecs('UpdateService', { cluster: 'prod', service: 'web' });
    expect(update).toMatchObject({
      status: 400,
      json: {
        __type: 'AccessDeniedException',
        message: `User: ${arn} is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:123456789012:service/prod/web because no identity-based policy allows the ecs:UpdateService action`,
      },
    });
    const described = await story.ecs('DescribeTaskDefinition', { taskDefinition: 'web' });
    const register = await story.ecs('RegisterTaskDefinition', described.json.taskDefinition);
    expect(register.json.message).toBe(
      `User: ${arn} is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/web-execution because no identity-based policy allows the iam:PassRole action`,
    );
  });

  it('may be limited to a list, or told why not', async () => {
    const arn = 'arn:aws:iam::123456789012:user/ci';
    const story = await begin({
      callers: {
        AKIALIST: { arn, allow: [{ action: 'ecs:Describe*' }] },
        AKIADENY: {
          arn,
          deny: [{ action: 'ecs:*', reason: 'with an explicit deny in a service control policy' }],
        },
      },
    });
    const read = await story.ecs('DescribeServices', describeWeb, { key: 'AKIALIST' });
    expect(read.status).toBe(200);
    const listed = await story.ecs('ListServices', { cluster: 'prod' }, { key: 'AKIALIST' });
    expect(listed.json.__type).toBe('AccessDeniedException');
    const denied = await story.ecs('ListServices', { cluster: 'prod' }, { key: 'AKIADENY' });
    expect(denied.json.message).toMatch(/with an explicit deny in a service control policy$/);
  });

  it('is told by STS, in XML', async () => {
    const story = await begin();
    const form = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
    const answer = await callQuery(story.simulator.url, 'sts', form);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(
      '<Arn>arn:aws:sts::123456789012:assumed-role/deployer/github</Arn>',
    );
    const other = await callQuery(story.simulator.url, 'sts', { Action: 'AssumeRole' });
    expect(other.text).toContain('<Code>UnknownOperation</Code>');
  });
});

describe('faults', () => {
  it('hit so many calls, after so many', async () => {
    const story = await begin({
      faults: [
        {
          operation: 'DescribeServices',
          afterCall: 1,
          times: 2,
          error: { type: 'ThrottlingException', message: 'Rate exceeded' },
        },
      ],
    });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      statuses.push((await story.ecs('DescribeServices', describeWeb)).status);
    }
    expect(statuses).toEqual([200, 400, 400, 200]);
  });

  it('hit for a while after the first update', async () => {
    const error = { type: 'ServerException', message: 'Service Unavailable', status: 503 };
    const faults = [{ operation: '*', atSeconds: 10, forSeconds: 20, error }];
    const story = await begin({ faults });
    await story.deploy();
    story.pass(15);
    expect((await story.ecs('DescribeServices', describeWeb)).status).toBe(503);
    story.pass(20);
    expect((await story.ecs('DescribeServices', describeWeb)).status).toBe(200);
  });

  it('can be a proxy’s page, a lost connection, a lost answer or silence', async () => {
    const story = await begin({
      faults: [
        { operation: 'ListClusters', error: 'html-500' },
        { operation: 'ListServices', error: 'reset' },
        { operation: 'UpdateService', error: 'reset-after' },
        { operation: 'ListTasks', error: 'hang' },
      ],
    });
    const page = await story.ecs('ListClusters', {});
    expect(page).toMatchObject({ status: 500, text: expect.stringContaining('<html>') });
    await expect(story.ecs('ListServices', { cluster: 'prod' })).rejects.toThrow();
    const forced = { cluster: 'prod', service: 'web', forceNewDeployment: true };
    await expect(story.ecs('UpdateService', forced)).rejects.toThrow();
    expect((await story.service()).deployments).toHaveLength(2);
    const signal = AbortSignal.timeout(50);
    await expect(story.ecs('ListTasks', { cluster: 'prod' }, { signal })).rejects.toThrow();
    expect(story.simulator.calls.map(({ operation, error }) => [operation, error])).toEqual([
      ['ListClusters', 'html-500'],
      ['ListServices', 'reset'],
      ['UpdateService', 'reset-after'],
      ['DescribeServices', undefined],
      ['ListTasks', 'hang'],
    ]);
  });
});

describe('the wire', () => {
  it('does not know every operation', async () => {
    const story = await begin({ unsupported: ['ListServiceDeployments'] });
    for (const operation of ['ListServiceDeployments', 'MakeCoffee', 'constructor']) {
      const { status, json } = await story.ecs(operation, {});
      expect([status, json.__type]).toEqual([400, 'UnknownOperationException']);
    }
    const { json } = await callJson(story.simulator.url, 'Nobody_20200101.Nothing', {});
    expect(json.__type).toBe('UnknownOperationException');
  });

  it('takes no body that is not JSON', async () => {
    const story = await begin();
    const { status, json } = await story.ecs('DescribeServices', '{"cluster":');
    expect([status, json.__type]).toEqual([400, 'SerializationException']);
  });

  it('records each call with what was asked', async () => {
    const story = await begin();
    await story.ecs('DescribeServices', describeWeb);
    await story.ecs('UpdateService', { cluster: 'none', service: 'web' });
    expect(story.simulator.calls).toMatchObject([
      { service: 'ecs', operation: 'DescribeServices', input: describeWeb, status: 200 },
      { operation: 'UpdateService', status: 400, error: 'ClusterNotFoundException' },
    ]);
  });

  it('runs by itself at the speed that is asked for', async () => {
    const simulator = await startSimulator(webWorld(), { speed: 1000 });
    const before = simulator.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(simulator.now() - before).toBeGreaterThan(40_000);
    await simulator.close();
  });

  it('pages through lists', async () => {
    const story = await begin();
    const spec = story.simulator.state.services[0];
    if (spec === undefined) throw new Error('no service');
    for (let index = 0; index < 11; index += 1) {
      const arn = spec.arn.replace(/web$/, `web-${index}`);
      story.simulator.state.services.push({ ...spec, name: `web-${index}`, arn });
    }
    const first = await story.ecs('ListServices', { cluster: 'prod' });
    expect(first.json.serviceArns).toHaveLength(10);
    const { nextToken } = first.json;
    const rest = await story.ecs('ListServices', { cluster: 'prod', nextToken });
    expect(rest.json.serviceArns).toHaveLength(2);
    expect(rest.json).not.toHaveProperty('nextToken');
  });

  it('does not let startedBy be joined with another filter', async () => {
    const story = await begin();
    const { deployments } = await story.service();
    const startedBy = deployments[0]?.id;
    const alone = await story.ecs('ListTasks', { cluster: 'prod', startedBy });
    expect(alone.json.taskArns).toHaveLength(2);
    const joined = await story.ecs('ListTasks', {
      cluster: 'prod',
      startedBy,
      desiredStatus: 'STOPPED',
    });
    expect(joined.json.__type).toBe('InvalidParameterException');
  });
});

describe('secrets', () => {
  it('are described but never shown', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:web/db-AbC123';
    const story = await begin({ secrets: [{ arn, name: 'web/db' }] });
    const { url } = story.simulator;
    const filter = { Key: 'Name', Values: ['/web/prod/password'] };
    const parameters = await callJson(url, 'AmazonSSM.DescribeParameters', {
      ParameterFilters: [filter],
    });
    expect(parameters.json.Parameters).toMatchObject([{ Name: '/web/prod/password' }]);
    const described = await callJson(url, 'secretsmanager.DescribeSecret', { SecretId: 'web/db' });
    expect(described.json).toMatchObject({ ARN: arn, Name: 'web/db' });
    const values = await callJson(url, 'AmazonSSM.GetParameters', {
      Names: ['/web/prod/password'],
      WithDecryption: true,
    });
    const value = await callJson(url, 'secretsmanager.GetSecretValue', { SecretId: arn });
    expect([values.json.__type, value.json.__type]).toEqual([
      'AccessDeniedException',
      'AccessDeniedException',
    ]);
    const absent = await callJson(url, 'secretsmanager.DescribeSecret', { SecretId: 'web/none' });
    expect(absent.json.__type).toBe('ResourceNotFoundException');
  });
});
