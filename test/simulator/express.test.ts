import {
  DescribeExpressGatewayServiceCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ECSClient,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { account, clientOptions, deployer, tell, without } from './sdk.ts';
import type { ServiceSpec, World } from './world.ts';
import { webWorld } from './worlds.ts';

const serviceArn = `arn:aws:ecs:eu-west-1:${account}:service/prod/web`;
const elb = `arn:aws:elasticloadbalancing:eu-west-1:${account}`;
const blue = `${elb}:targetgroup/web/73e2d6bc24d8a067`;
const green = `${elb}:targetgroup/web-green/83e2d6bc24d8a067`;

async function begin(service: Partial<ServiceSpec>, world: Partial<World> = {}) {
  const story = await tell(webWorld({ service, world }));
  return { story, ecs: new ECSClient(clientOptions(story.simulator)) };
}

const describeExpress = new DescribeExpressGatewayServiceCommand({ serviceArn });

async function only(ecs: ECSClient) {
  const command = new DescribeServicesCommand({ cluster: 'prod', services: ['web'] });
  const { services = [] } = await ecs.send(command);
  return services[0];
}

async function revision(ecs: ECSClient) {
  const arn = (await only(ecs))?.currentServiceRevisions?.[0]?.arn ?? '';
  const command = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn] });
  const { serviceRevisions = [] } = await ecs.send(command);
  return serviceRevisions[0];
}

describe('an Express service', () => {
  it('tells its address, and that ECS manages it', async () => {
    const { ecs } = await begin({ express: {} });
    expect(await only(ecs)).toMatchObject({ resourceManagementType: 'ECS' });
    const { service } = await ecs.send(describeExpress);
    expect(service).toMatchObject({
      ...{ cluster: 'prod', serviceName: 'web', serviceArn },
      status: { statusCode: 'ACTIVE' },
      activeConfigurations: [
        {
          ...{ cpu: '256', memory: '512', healthCheckPath: '/ping' },
          primaryContainer: { containerPort: 8080 },
          ingressPaths: [{ accessType: 'PUBLIC' }],
        },
      ],
    });
    const endpoint = service?.activeConfigurations?.[0]?.ingressPaths?.[0]?.endpoint;
    expect(endpoint).toMatch(/^we-[0-9a-f]{32}\.ecs\.eu-west-1\.on\.aws$/);
    const { ecsManagedResources } = (await revision(ecs)) ?? {};
    expect(ecsManagedResources?.ingressPaths).toMatchObject([
      { endpoint, loadBalancer: { status: 'ACTIVE', scheme: 'internet-facing' } },
    ]);
  });

  it('has a configuration for each revision with tasks', async () => {
    const { story, ecs } = await begin({ express: {} });
    await story.deploy();
    story.pass(20);
    const { service } = await ecs.send(describeExpress);
    const images = service?.activeConfigurations?.map((one) => one.primaryContainer?.image);
    expect(images).toMatchObject([/9d2e4c1$/, /3f1c2ab$/].map((end) => expect.stringMatching(end)));
    expect(service?.currentDeployment).toBe((await only(ecs))?.currentServiceDeployment);
  });

  it('may be private, and its resources may have failed', async () => {
    const ingressPaths = [{ accessType: 'PRIVATE' as const, endpoint: 'we-0.ecs.internal' }];
    const resourcesReason = 'The certificate quota is exceeded.';
    const { ecs } = await begin({
      express: { ingressPaths, resources: 'FAILED', resourcesReason },
    });
    expect((await revision(ecs))?.ecsManagedResources?.ingressPaths).toMatchObject([
      {
        ...{ accessType: 'PRIVATE', endpoint: 'we-0.ecs.internal' },
        loadBalancer: { scheme: 'internal' },
        certificate: { status: 'FAILED', statusReason: resourcesReason },
      },
    ]);
  });

  it('is none where the service is a plain one, or the caller may not look', async () => {
    const { ecs } = await begin({});
    expect(await only(ecs)).toMatchObject({ resourceManagementType: 'CUSTOMER' });
    await expect(ecs.send(describeExpress)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const action = 'ecs:DescribeExpressGatewayService';
    const denied = await begin({ express: {} }, { callers: without(action) });
    await expect(denied.ecs.send(describeExpress)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`${deployer} is not authorized to perform: ${action}`),
    });
  });
});

describe('a service with two target groups', () => {
  const advancedConfiguration = {
    alternateTargetGroupArn: green,
    productionListenerRule: `${elb}:listener-rule/app/web/0123456789abcdef/1/2`,
    testListenerRule: `${elb}:listener-rule/app/web/0123456789abcdef/1/3`,
    roleArn: `arn:aws:iam::${account}:role/ecs-infrastructure`,
  };
  const loadBalancers = [
    { targetGroupArn: blue, containerName: 'app', containerPort: 8080, advancedConfiguration },
  ];

  it('shows both, and in its revision the one that serves', async () => {
    const { productionListenerRule } = advancedConfiguration;
    const first = await begin({ loadBalancers });
    expect(await only(first.ecs)).toMatchObject({ loadBalancers });
    expect((await revision(first.ecs))?.resolvedConfiguration).toEqual({
      loadBalancers: [{ targetGroupArn: blue, productionListenerRule }],
    });
    const second = await begin({ loadBalancers, live: 'alternate' });
    expect((await revision(second.ecs))?.resolvedConfiguration).toEqual({
      loadBalancers: [{ targetGroupArn: green, productionListenerRule }],
    });
  });
});

it('connections to a gateway stand in the revision', async () => {
  const gatewayConnections = [{ portName: 'http', serviceUrl: 'https://web.example' }];
  const { ecs } = await begin({ gatewayConnections });
  expect((await revision(ecs))?.ecsManagedResources).toEqual({ gatewayConnections });
});

it('the grace period of health checks is shown and can be changed', async () => {
  const { story, ecs } = await begin({ healthCheckGracePeriodSeconds: 90 });
  expect(await only(ecs)).toMatchObject({ healthCheckGracePeriodSeconds: 90 });
  await story.update({ healthCheckGracePeriodSeconds: 120 });
  expect(await only(ecs)).toMatchObject({ healthCheckGracePeriodSeconds: 120 });
});
