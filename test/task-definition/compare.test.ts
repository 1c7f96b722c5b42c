import { describe, expect, it } from 'vitest';
import { droppedFields, sameDefinition } from '../../src/task-definition/compare.ts';
import type { TaskDefinition } from '../../src/task-definition/types.ts';
import { container, definition, ROLE, withContainer } from './factory.ts';

/** A definition as a person writes it, and as ECS gives it back. */
const WRITTEN = {
  family: 'web',
  cpu: '1 vCPU',
  memory: '2 GB',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE', 'EC2'],
  executionRoleArn: 'execution',
  containerDefinitions: [
    {
      name: 'app',
      image: 'web:a',
      portMappings: [{ containerPort: 80 }, { containerPort: 53, protocol: 'udp' }],
      command: ['sh', '-c', ''],
      environment: [
        { name: 'B', value: '' },
        { name: 'A', value: '1' },
      ],
      secrets: [
        { name: 'T', valueFrom: 't' },
        { name: 'S', valueFrom: 's' },
      ],
      healthCheck: { command: ['CMD', 'true'] },
    },
  ],
  volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
  tags: [
    { key: 'b', value: '2' },
    { key: 'a', value: '1' },
  ],
} as unknown as TaskDefinition;

const REGISTERED = {
  family: 'web',
  cpu: '1024',
  memory: '2048',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['EC2', 'FARGATE'],
  executionRoleArn: ROLE,
  placementConstraints: [],
  containerDefinitions: [
    {
      name: 'app',
      image: 'web:a',
      cpu: 0,
      essential: true,
      links: [],
      portMappings: [
        { containerPort: 53, hostPort: 53, protocol: 'udp' },
        { containerPort: 80, hostPort: 80, protocol: 'tcp' },
      ],
      command: ['sh', '-c', ''],
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '' },
      ],
      secrets: [
        { name: 'S', valueFrom: 's' },
        { name: 'T', valueFrom: 't' },
      ],
      healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 3 },
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
    },
  ],
  volumes: [
    {
      name: 'data',
      host: {},
      efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' },
    },
  ],
  tags: [
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
  ],
} as unknown as TaskDefinition;

describe('a definition and what ECS makes of it', () => {
  it('are the same, with nothing dropped', () => {
    expect(sameDefinition(WRITTEN, REGISTERED)).toBe(true);
    expect(sameDefinition(REGISTERED, WRITTEN)).toBe(true);
    expect(droppedFields(WRITTEN, REGISTERED)).toEqual([]);
  });
});

describe('two definitions are the same', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['with the network mode written or not', { networkMode: 'bridge' }, { networkMode: undefined }],
    [
      'with the platform written or not',
      { runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' } },
      {},
    ],
    [
      'with any port of the host or none with bridge',
      {
        networkMode: 'bridge',
        containerDefinitions: [container({ portMappings: [{ containerPort: 80, hostPort: 0 }] })],
      },
      {
        networkMode: 'bridge',
        containerDefinitions: [container({ portMappings: [{ containerPort: 80 }] })],
      },
    ],
    [
      'with empty objects or none',
      {
        containerDefinitions: [
          container({ linuxParameters: { capabilities: { add: [] } }, dockerLabels: {} }),
        ],
      },
      {},
    ],
    ['with empty tags or none', { tags: [] }, {}],
  ])('%s', (_, a, b) => {
    expect(sameDefinition(definition(a), definition(b))).toBe(true);
    expect(sameDefinition(definition(b), definition(a))).toBe(true);
  });
});

describe('two definitions differ', () => {
  const env = (...values: (string | undefined)[]) =>
    values.map((value, index) =>
      value === undefined ? { name: `V${index}` } : { name: `V${index}`, value },
    );
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['by an empty variable', { environment: env('') }, {}],
    ['by an empty value', { environment: env('') }, { environment: env(undefined) }],
    ['by an empty item of a command', { command: ['sh', '-c', ''] }, { command: ['sh', '-c'] }],
    ['by the order of a command', { command: ['a', 'b'] }, { command: ['b', 'a'] }],
    ['by an empty user', { user: '' }, {}],
    ['by an image', { image: 'b' }, { image: 'a' }],
    ['by essential', { essential: false }, {}],
    [
      'by a port of the host',
      { portMappings: [{ containerPort: 80, hostPort: 81 }] },
      { portMappings: [{ containerPort: 80 }] },
    ],
    [
      'by a health check',
      { healthCheck: { command: ['a'], interval: 10 } },
      { healthCheck: { command: ['a'] } },
    ],
    [
      'by a secret',
      { secrets: [{ name: 'A', valueFrom: 'a' }] },
      { secrets: [{ name: 'A', valueFrom: 'b' }] },
    ],
    ['by a field that nobody knows', { futureField: false }, {}],
  ])('%s', (_, a, b) => {
    expect(sameDefinition(withContainer(a), withContainer(b))).toBe(false);
    expect(sameDefinition(withContainer(b), withContainer(a))).toBe(false);
  });

  it('by a role, a tag, a size or a container', () => {
    const others = [
      { executionRoleArn: undefined },
      { executionRoleArn: ROLE.replace('1234', '9999') },
      { executionRoleArn: 'other' },
      { taskRoleArn: ROLE },
      { tags: [{ key: 'a', value: '' }] },
      { cpu: '512' },
      { memory: '1 GB' },
      { containerDefinitions: [container(), container({ name: 'side' })] },
    ];
    for (const other of others) expect(sameDefinition(definition(), definition(other))).toBe(false);
  });

  it('by a port of the host with bridge', () => {
    const bridge = (hostPort?: number) =>
      definition({
        networkMode: 'bridge',
        containerDefinitions: [container({ portMappings: [{ containerPort: 80, hostPort }] })],
      });
    expect(sameDefinition(bridge(80), bridge())).toBe(false);
  });
});

describe('what ECS dropped', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    [
      'a field of a container',
      { futureField: { a: 1 } },
      {},
      ['containerDefinitions[0].futureField'],
    ],
    [
      'a field deep inside',
      { healthCheck: { command: ['a'], typo: 1 } },
      { healthCheck: { command: ['a'], interval: 30 } },
      ['containerDefinitions[0].healthCheck.typo'],
    ],
    [
      'an item of a list',
      { command: ['a', ''] },
      { command: ['a'] },
      ['containerDefinitions[0].command[1]'],
    ],
    [
      'a variable, whatever the order',
      {
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      { environment: [{ name: 'B', value: '2' }] },
      ['containerDefinitions[0].environment[0]'],
    ],
    [
      'an empty value',
      { environment: [{ name: 'A', value: '' }] },
      { environment: [{ name: 'A' }] },
      ['containerDefinitions[0].environment[0].value'],
    ],
    [
      'a structure',
      { dockerLabels: { a: 'b' } },
      { dockerLabels: 'b' },
      ['containerDefinitions[0].dockerLabels'],
    ],
    ['a false', { futureField: false }, {}, ['containerDefinitions[0].futureField']],
    [
      'a key that is no plain word',
      { dockerLabels: { 'com.example/a': 'b', c: 'd' } },
      { dockerLabels: { c: 'd' } },
      ['containerDefinitions[0].dockerLabels["com.example/a"]'],
    ],
    [
      'a name of an object prototype',
      { constructor: 'x' },
      {},
      ['containerDefinitions[0].constructor'],
    ],
    [
      'nothing where it was empty',
      { links: [], linuxParameters: { capabilities: {} }, user: null },
      {},
      [],
    ],
    ['nothing where it is the default', { essential: true, cpu: 0 }, { essential: undefined }, []],
    [
      'nothing where it was normalised',
      { memory: 1, stopTimeout: '30', privileged: 'true', startTimeout: '030' },
      { memory: '1', stopTimeout: 30, privileged: true, startTimeout: 30 },
      [],
    ],
    [
      'an image that came back as another',
      { image: 'a' },
      { image: 'docker.io/a' },
      ['containerDefinitions[0].image'],
    ],
    [
      'a number that came back as another',
      { memory: 512, healthCheck: { command: ['a'], interval: 5 } },
      { memory: 511, healthCheck: { command: ['a'], interval: 30 } },
      ['containerDefinitions[0].memory', 'containerDefinitions[0].healthCheck.interval'],
    ],
    [
      'a text that came back as another',
      { user: 'root', environment: [{ name: 'A', value: ' a' }] },
      { user: '', environment: [{ name: 'A', value: 'a' }] },
      ['containerDefinitions[0].user', 'containerDefinitions[0].environment[0].value'],
    ],
    [
      'a default that came back as something else',
      { essential: true },
      { essential: false },
      ['containerDefinitions[0].essential'],
    ],
    [
      'an item of a command that came back as another',
      { command: ['a', 'x', 'a'] },
      { command: ['b', 'x', 'a'] },
      ['containerDefinitions[0].command[2]'],
    ],
    [
      'one item where the rest moved up',
      { command: ['a', 'b', 'c'] },
      { command: ['b', 'c'] },
      ['containerDefinitions[0].command[0]'],
    ],
    [
      'an item of a pair that are alike',
      { command: ['a', 'a'] },
      { command: ['a'] },
      ['containerDefinitions[0].command[1]'],
    ],
    [
      'nothing of variables of one name in another order',
      {
        environment: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
          { name: 'B', value: '3' },
        ],
      },
      {
        environment: [
          { name: 'B', value: '3' },
          { name: 'A', value: '2' },
          { name: 'A', value: '1' },
        ],
      },
      [],
    ],
    [
      'nothing of ports in another order',
      { portMappings: [{ containerPort: 53 }, { containerPort: 53, protocol: 'udp' }] },
      {
        portMappings: [
          { containerPort: 53, hostPort: 53, protocol: 'udp' },
          { containerPort: 53, hostPort: 53, protocol: 'tcp' },
        ],
      },
      [],
    ],
    [
      'nothing of what has no name in another order',
      {
        resourceRequirements: [
          { type: 'GPU', value: '1' },
          { type: 'X', value: 'x' },
        ],
      },
      {
        resourceRequirements: [
          { type: 'X', value: 'x' },
          { type: 'GPU', value: '1' },
        ],
      },
      [],
    ],
    [
      'nothing where the port of the host was filled in',
      { portMappings: [{ containerPort: 80, hostPort: 0 }] },
      { portMappings: [{ containerPort: 80, hostPort: 80 }] },
      [],
    ],
    [
      'a port of the host that came back as another',
      { portMappings: [{ containerPort: 80, hostPort: 8080 }] },
      { portMappings: [{ containerPort: 80, hostPort: 8081 }] },
      ['containerDefinitions[0].portMappings[0].hostPort'],
    ],
  ])('%s', (_, asked, registered, paths) => {
    expect(droppedFields(withContainer(asked), withContainer(registered))).toEqual(paths);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    [
      'nothing of sizes in units',
      { cpu: '.25 vCPU', memory: '0.5GB' },
      { cpu: '256', memory: '512' },
      [],
    ],
    [
      'a size that came back as another',
      { cpu: '1 vCPU', memory: '1024' },
      { cpu: '512', memory: '512' },
      ['cpu', 'memory'],
    ],
    [
      'nothing of roles by name',
      { executionRoleArn: 'execution', taskRoleArn: 'path/task' },
      { executionRoleArn: ROLE, taskRoleArn: ROLE.replace('execution', 'path/task') },
      [],
    ],
    [
      'a role that came back as another',
      { executionRoleArn: 'other', taskRoleArn: ROLE },
      { executionRoleArn: ROLE, taskRoleArn: ROLE.replace('role/', 'role/x/') },
      ['executionRoleArn', 'taskRoleArn'],
    ],
    [
      'nothing of compatibilities in another order',
      { requiresCompatibilities: ['FARGATE', 'EC2'] },
      { requiresCompatibilities: ['EC2', 'FARGATE'] },
      [],
    ],
    [
      'a tag that came back with another value',
      { tags: [{ key: 'a', value: '1' }] },
      { tags: [{ key: 'a', value: '2' }] },
      ['tags[0].value'],
    ],
  ])('%s of the task', (_, asked, registered, paths) => {
    expect(droppedFields(definition(asked), definition(registered))).toEqual(paths);
  });

  it('is told by position where items cannot be told apart', () => {
    const ports = [
      { containerPort: 53, protocol: 'tcp' },
      { containerPort: 53, protocol: 'udp', typo: 1 },
    ];
    const registered = withContainer({
      portMappings: [ports[0], { ...ports[0], protocol: 'udp' }],
    });
    expect(droppedFields(withContainer({ portMappings: ports }), registered)).toEqual([
      'containerDefinitions[0].portMappings[1].typo',
    ]);
    const twice = withContainer({
      portMappings: [...ports.slice(0, 1), { containerPort: 53, typo: 1 }],
    });
    expect(droppedFields(twice, withContainer({ portMappings: ports.slice(0, 1) }))).toEqual([
      'containerDefinitions[0].portMappings[1]',
    ]);
  });

  it('is told by what was asked when containers come back in another order', () => {
    const [app, side] = [container({ typo: 1 }), container({ name: 'side' })];
    const asked = definition({
      containerDefinitions: [side, app],
      tags: [{ key: 'a', value: '1' }],
    });
    const registered = definition({ containerDefinitions: [container(), side] });
    expect(droppedFields(asked, registered)).toEqual(['containerDefinitions[1].typo', 'tags']);
  });
});
