import type { State, Task } from '../../engine/state.ts';
import { hashOf } from '../../ids.ts';
import type { Json } from '../../world.ts';
import { arnOf } from './find.ts';
import { optional, optionalTimes, time } from './views.ts';

/** A task as DescribeTasks answers it. */
export function taskView(state: State, task: Task): Json {
  const [, , , region = ''] = task.arn.split(':');
  const definition = state.taskDefinitions.find(({ arn }) => arn === task.taskDefinition);
  const [, path = ''] = task.arn.split(':task/');
  const { cpuArchitecture } = (definition?.body.runtimePlatform ?? {}) as Json;
  const architecture = cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64';
  const come = (at: number | undefined) => (at !== undefined && at <= state.now ? at : undefined);
  const connectivityAt = come(task.connectivityAt);
  return {
    attachments: [attachment(state, task)],
    attributes: [{ name: 'ecs.cpu-architecture', value: architecture }],
    availabilityZone: `${region}a`,
    clusterArn: arnOf(state, `cluster/${path.split('/')[0]}`),
    ...(connectivityAt !== undefined && { connectivity: 'CONNECTED' }),
    containers: task.containers.map((container) => ({
      ...container,
      networkInterfaces: isConnected(task, state)
        ? [{ attachmentId: attachmentId(task), privateIpv4Address: addressOf(task) }]
        : [],
    })),
    cpu: definition?.body.cpu,
    memory: definition?.body.memory,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    group: task.group,
    healthStatus: task.health,
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
    platformVersion: task.platformVersion,
    platformFamily: 'Linux',
    startedBy: task.deployment,
    tags: [],
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinition,
    version: task.version,
    createdAt: time(task.createdAt),
    ...optional({ stopCode: task.stopCode, stoppedReason: task.stoppedReason }),
    ...optionalTimes({
      connectivityAt,
      pullStartedAt: come(task.pullStartedAt),
      pullStoppedAt: come(task.pullStoppedAt),
      startedAt: task.startedAt,
      stoppingAt: task.stoppingAt,
      executionStoppedAt: come(task.executionStoppedAt),
      stoppedAt: task.stoppedAt,
    }),
  };
}

/** The private address of a task, made from its id. */
export function addressOf({ id }: Task): string {
  const [third = 0, fourth = 0] = Buffer.from(id.slice(0, 4), 'hex');
  return `10.0.${third}.${fourth}`;
}

function attachmentId({ id }: Task): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function isConnected(task: Task, { now }: State): boolean {
  return task.connectivityAt !== undefined && task.connectivityAt <= now;
}

/** Its network interface, of which only the subnet is known before it is attached. */
function attachment(state: State, task: Task): Json {
  const address = addressOf(task);
  const service = state.services.findLast(({ arn }) => arn === task.service);
  const network = service?.parameters.networkConfiguration?.awsvpcConfiguration as Json | undefined;
  const [subnet = 'subnet-0a1b2c3d4e5f60001'] = (network?.subnets ?? []) as string[];
  const mac = hashOf(task.id).replace(/^(..)(..)(..)(..)(..).*$/, '0a:$1:$2:$3:$4:$5');
  const [, , , region = ''] = task.arn.split(':');
  const connected = isConnected(task, state);
  return {
    id: attachmentId(task),
    type: 'ElasticNetworkInterface',
    status: task.lastStatus === 'STOPPED' ? 'DELETED' : connected ? 'ATTACHED' : 'PRECREATED',
    details: [
      { name: 'subnetId', value: subnet },
      ...(connected
        ? [
            { name: 'networkInterfaceId', value: `eni-${task.id.slice(0, 17)}` },
            { name: 'macAddress', value: mac },
            {
              name: 'privateDnsName',
              value: `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`,
            },
            { name: 'privateIPv4Address', value: address },
          ]
        : []),
    ],
  };
}
