import { describe, expect, it } from 'vitest';
import { FARGATE_SIZES, parseCpu, parseMemory } from '../../src/task-definition/fargate-sizes.ts';
import { formatPath } from '../../src/task-definition/json.ts';
import type { TaskDefinition } from '../../src/task-definition/types.ts';
import { validate } from '../../src/task-definition/validate.ts';
import { container, definition, withContainer } from './factory.ts';

const FARGATE = { fargate: true, loadBalancers: [] };
const EC2 = { fargate: false, loadBalancers: [] };
const onEc2 = {
  requiresCompatibilities: ['EC2'],
  networkMode: undefined,
  cpu: undefined,
  memory: undefined,
};

const AWSLOGS = {
  logDriver: 'awslogs',
  options: { 'awslogs-region': 'eu-central-1', 'awslogs-group': 'web' },
};

function messages(of: TaskDefinition, context: Parameters<typeof validate>[1] = FARGATE) {
  return validate(of, context).map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

describe('a healthy definition has no findings', () => {
  const balanced = { fargate: true, loadBalancers: [{ containerName: 'app', containerPort: 80 }] };
  it.each<[string, TaskDefinition, Parameters<typeof validate>[1]]>([
    ['on Fargate', definition(), FARGATE],
    ['behind a load balancer', definition(), balanced],
    [
      'behind a classic load balancer without a container',
      definition(),
      { ...FARGATE, loadBalancers: [{}] },
    ],
    [
      'with a range of ports behind it',
      withContainer({ portMappings: [{ containerPortRange: '70-90' }] }),
      balanced,
    ],
    ['with sizes in units', definition({ cpu: '.25 vCPU', memory: '0.5GB' }), FARGATE],
    ['with sizes as numbers', definition({ cpu: 1024, memory: 2048 }), FARGATE],
    [
      'with containers that use the task up',
      definition({
        containerDefinitions: [container({ cpu: 256, memory: 1024, memoryReservation: 512 })],
      }),
      FARGATE,
    ],
    ['with awslogs', withContainer({ logConfiguration: AWSLOGS }), FARGATE],
    [
      'with a public image and no role',
      definition({
        executionRoleArn: undefined,
        containerDefinitions: [container({ image: 'public.ecr.aws/nginx/nginx:1' })],
      }),
      FARGATE,
    ],
    [
      'on EC2 without role, sizes and network mode, with ECR and awslogs',
      definition({
        ...onEc2,
        executionRoleArn: undefined,
        containerDefinitions: [
          container({
            memory: 128,
            logConfiguration: AWSLOGS,
            portMappings: [{ containerPort: 80, hostPort: 8080 }],
          }),
        ],
      }),
      EC2,
    ],
    [
      'with empty values and lists',
      withContainer({
        environment: [{ name: 'A', value: '' }, { name: 'B' }],
        secrets: [],
        command: ['sh', '-c', ''],
        dependsOn: [],
      }),
      FARGATE,
    ],
    [
      'with dependencies',
      definition({
        containerDefinitions: [
          container({ dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }] }),
          container({ name: 'init', essential: false, portMappings: [] }),
        ],
      }),
      FARGATE,
    ],
    [
      'with 50 tags and 10 containers',
      definition({
        tags: Array.from({ length: 50 }, (_, key) => ({ key: `k${key}`, value: '' })),
        containerDefinitions: Array.from({ length: 10 }, (_, index) =>
          container({ name: `c${index}` }),
        ),
      }),
      FARGATE,
    ],
  ])('%s', (_, of, context) => {
    expect(messages(of, context)).toEqual([]);
  });
});

describe('the sizes of Fargate', () => {
  const pairs = FARGATE_SIZES.flatMap(({ cpu, memory }) =>
    memory.map((mib) => [cpu, mib] as const),
  );

  it('are the 77 of the documentation', () => {
    expect(pairs).toHaveLength(3 + 4 + 7 + 13 + 23 + 12 + 12 + 3);
    expect(FARGATE_SIZES.map(({ cpu, memory }) => [cpu, memory[0], memory.at(-1)])).toEqual([
      [256, 512, 2048],
      [512, 1024, 4096],
      [1024, 2048, 8192],
      [2048, 4096, 16384],
      [4096, 8192, 30720],
      [8192, 16384, 61440],
      [16384, 32768, 122880],
      [32768, 61440, 249856],
    ]);
  });

  it('are all taken, in every spelling', () => {
    for (const [cpu, memory] of pairs) {
      const vcpu = cpu / 1024;
      const gb = memory / 1024;
      for (const [c, m] of [
        [`${cpu}`, `${memory}`],
        [`${vcpu} vCPU`, `${gb} GB`],
        [`${vcpu}vcpu`, `${gb}gb`],
      ]) {
        expect(messages(definition({ cpu: c, memory: m }))).toEqual([]);
      }
    }
  });

  it('are refused in every other pair, with those that go with the CPU', () => {
    for (const { cpu, memory } of FARGATE_SIZES) {
      for (const mib of [256, 768, 3000, ...pairs.map(([, other]) => other)]) {
        if (memory.includes(mib)) continue;
        const [message, ...others] = messages(
          definition({ cpu: String(cpu), memory: String(mib) }),
        );
        expect(message).toContain(
          `memory: Fargate has no task of ${cpu} CPU units with ${mib} MiB`,
        );
        expect(message).toContain(String(memory[0]));
        expect(message).toContain(String(memory.at(-1)));
        expect(others).toEqual([]);
      }
    }
  });

  it('are fewer on Windows', () => {
    const runtimePlatform = { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' };
    expect(messages(definition({ cpu: '1024', memory: '2048', runtimePlatform }))).toEqual([]);
    expect(messages(definition({ runtimePlatform }))[0]).toMatch(
      /Windows. Choose 1024, 2048 or 4096/,
    );
  });

  it.each([
    ['1 vCPU', 1024],
    ['.5 vcpu', 512],
    ['0.25vCPU', 256],
    [256, 256],
    ['1 GB', undefined],
    ['lots', undefined],
    ['0.25', undefined],
    [undefined, undefined],
  ])('read the CPU %s', (text, units) => {
    expect(parseCpu(text)).toBe(units);
  });

  it.each([
    ['2 GB', 2048],
    ['2gb', 2048],
    ['0.5 GB', 512],
    ['512', 512],
    ['512 MB', undefined],
    ['-1', undefined],
  ])('read the memory %s', (text, mib) => {
    expect(parseMemory(text)).toBe(mib);
  });
});

describe('a definition that AWS would refuse', () => {
  const eleven = Array.from({ length: 11 }, (_, index) => container({ name: `c${index}` }));
  const noRole = { executionRoleArn: undefined };
  const lb = (containerName: string, containerPort: number) => ({
    fargate: true,
    loadBalancers: [{ containerName, containerPort }],
  });
  it.each<[string, TaskDefinition, RegExp, Parameters<typeof validate>[1]?]>([
    ['no family', definition({ family: undefined }), /^family: .*no family/],
    ['an invalid family', definition({ family: 'web app' }), /^family: .*letters/],
    ['a family too long', definition({ family: 'w'.repeat(256) }), /^family: .*255/],
    [
      'no network mode on Fargate',
      definition({ networkMode: undefined }),
      /^networkMode: .*awsvpc/,
    ],
    [
      'another network mode on Fargate',
      definition({ networkMode: 'bridge' }),
      /^networkMode: .*bridge/,
    ],
    ['no cpu on Fargate', definition({ cpu: undefined }), /^cpu: Fargate needs cpu/],
    ['no memory on Fargate', definition({ memory: undefined }), /^memory: .*memory/],
    ['a CPU that Fargate lacks', definition({ cpu: '128' }), /^cpu: .*128.*256, 512/],
    ['a memory without meaning', definition({ memory: '512 MB' }), /^memory: memory is "512 MB"/],
    [
      'what Fargate refuses, for it says Fargate',
      definition({ networkMode: 'host' }),
      /^networkMode/,
      EC2,
    ],
    [
      'secrets without a role, on EC2 too',
      definition({
        ...onEc2,
        ...noRole,
        containerDefinitions: [container({ secrets: [{ name: 'A', valueFrom: 'a' }] })],
      }),
      /^executionRoleArn: .*app has secrets/,
      EC2,
    ],
    [
      'secret options without a role',
      definition({
        ...noRole,
        containerDefinitions: [
          container({
            image: 'a',
            logConfiguration: {
              logDriver: 'splunk',
              secretOptions: [{ name: 'a', valueFrom: 'a' }],
            },
          }),
        ],
      }),
      /^executionRoleArn: .*has secrets/,
    ],
    ...[
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/a',
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a@sha256:0',
      '123456789012.dkr-ecr.us-east-1.on.aws/a:1',
      '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a',
    ].map((image): [string, TaskDefinition, RegExp] => [
      `the image ${image} without a role`,
      definition({ ...noRole, containerDefinitions: [container({ image })] }),
      /^executionRoleArn: .*image of ECR/,
    ]),
    [
      'awslogs without a role on Fargate',
      definition({
        ...noRole,
        containerDefinitions: [container({ image: 'a', logConfiguration: AWSLOGS })],
      }),
      /^executionRoleArn: .*logs with awslogs/,
    ],
    [
      'awslogs without options',
      withContainer({
        logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-region': 'x' } },
      }),
      /logConfiguration\.options: .*awslogs-group/,
    ],
    [
      'a variable that is a secret',
      withContainer({
        environment: [{ name: 'A', value: 'v' }],
        secrets: [{ name: 'A', valueFrom: 'a' }],
      }),
      /secrets\[0\]: A of container app is a variable and a secret/,
    ],
    [
      'a variable twice',
      withContainer({
        environment: [
          { name: 'A', value: 'v' },
          { name: 'A', value: 'w' },
        ],
      }),
      /environment\[1\]: .*more than once/,
    ],
    [
      'a secret twice',
      withContainer({
        secrets: [
          { name: 'A', valueFrom: 'v' },
          { name: 'A', valueFrom: 'w' },
        ],
      }),
      /secrets\[1\]: .*more than once/,
    ],
    [
      'a variable twice, alike',
      withContainer({
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '1' },
          { name: 'A', value: '1' },
        ],
      }),
      /environment\[2\]: the variable A of container app is there more than once/,
    ],
    [
      'a secret twice, alike',
      withContainer({
        secrets: [
          { name: 'A', valueFrom: 'v' },
          { name: 'A', valueFrom: 'v' },
        ],
      }),
      /secrets\[1\]: the secret A of container app is there more than once/,
    ],
    [
      'a number for a variable',
      withContainer({ environment: [{ name: 'PORT', value: 8080 }] }),
      /environment\[0\]\.value: .*PORT.*number.*Quote/,
    ],
    [
      'a boolean for a variable',
      withContainer({ environment: [{ name: 'ON', value: true }] }),
      /ON.*boolean.*Quote/,
    ],
    [
      'a variable without a name',
      withContainer({ environment: [{ value: 'v' }] }),
      /environment\[0\]\.name/,
    ],
    [
      'a secret without a name',
      withContainer({ secrets: [{ valueFrom: 'v' }] }),
      /secrets\[0\]\.name/,
    ],
    [
      'a number for a log option',
      withContainer({
        logConfiguration: {
          logDriver: 'awslogs',
          options: { ...AWSLOGS.options, 'max-buffer-size': 10 },
        },
      }),
      /max-buffer-size is a number/,
    ],
    [
      'a boolean for a label',
      withContainer({ dockerLabels: { traefik: true } }),
      /dockerLabels\.traefik: .*boolean/,
    ],
    ['no containers', definition({ containerDefinitions: [] }), /no containers/],
    ['no list of containers', definition({ containerDefinitions: undefined }), /no containers/],
    ['eleven containers', definition({ containerDefinitions: eleven }), /11 containers; 10/],
    ['no name', withContainer({ name: '' }), /containerDefinitions\[0\]\.name: .*no name/],
    [
      'no image',
      withContainer({ image: undefined }),
      /containerDefinitions\[0\]\.image: container app has no image/,
    ],
    [
      'two containers of one name',
      definition({ containerDefinitions: [container(), container({ portMappings: [] })] }),
      /two containers are called app/,
    ],
    ['no essential container', withContainer({ essential: false }), /no container is essential/],
    [
      'a dependency on nobody',
      withContainer({ dependsOn: [{ containerName: 'db' }] }),
      /dependsOn\[0\]\.containerName: .*db.*there is app/,
    ],
    ['more CPU than the task has', withContainer({ cpu: 257 }), /^cpu: .*257.*256/],
    [
      'more memory than the task has',
      definition({
        containerDefinitions: [
          container({ memory: 300 }),
          container({ name: 'b', memoryReservation: 300 }),
        ],
      }),
      /^memory: .*600.*512/,
    ],
    [
      'a load balancer to nobody',
      definition(),
      /web, which is not there; there is app/,
      lb('web', 80),
    ],
    ['a load balancer to another port', definition(), /portMappings: .*port 8080/, lb('app', 8080)],
    [
      'another host port with awsvpc',
      withContainer({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
      /portMappings\[0\]\.hostPort: .*80/,
    ],
    [
      '51 tags',
      definition({ tags: Array.from({ length: 51 }, (_, key) => ({ key: `${key}` })) }),
      /51 tags; 50/,
    ],
    [
      'a reserved tag',
      definition({ tags: [{ key: 'AWS:a', value: '' }] }),
      /tags\[0\]: .*reserved/,
    ],
    ['more than 64 KiB', withContainer({ command: ['ä'.repeat(32_768)] }), /bytes long; 65536/],
    [
      'variables as a map',
      withContainer({ environment: { A: 'v' } }),
      /environment: environment must be a list/,
    ],
    [
      'containers as a map',
      definition({ containerDefinitions: { app: {} } }),
      /containerDefinitions must be a list/,
    ],
    [
      'a variable as text',
      withContainer({ environment: ['A=v'] }),
      /environment\[0\]: .*something else/,
    ],
  ])('has one finding for %s', (_, of, expected, context = FARGATE) => {
    expect(messages(of, context)).toEqual([expect.stringMatching(expected)]);
  });

  it('is told for every repetition of a name, in each container by itself', () => {
    const environment = ['A', 'A', 'B', 'A'].map((name) => ({ name, value: '1' }));
    const of = definition({
      containerDefinitions: [
        container({ environment }),
        container({ name: 'side', portMappings: [], environment: environment.slice(1, 3) }),
      ],
    });
    expect(messages(of).map((message) => message.split(':')[0])).toEqual([
      'containerDefinitions[0].environment[1]',
      'containerDefinitions[0].environment[3]',
    ]);
  });

  it('is told once for entries that have no name', () => {
    const of = withContainer({ environment: [{ value: 'a' }, { value: 'b' }] });
    expect(messages(of).map((message) => message.split(':')[0])).toEqual([
      'containerDefinitions[0].environment[0].name',
      'containerDefinitions[0].environment[1].name',
    ]);
  });

  it('is told all at once, and never with the value of a variable', () => {
    const of = definition({
      family: undefined,
      memory: '513',
      containerDefinitions: [
        container({
          environment: [
            { name: 'A', value: 424242 },
            { name: 'B', value: 'hunter2' },
            { name: 'B', value: 'hunter3' },
            { name: 'C', value: ['hunter4'] },
          ],
        }),
      ],
    });
    expect(messages(of)).toHaveLength(5);
    expect(messages(of).join()).not.toMatch(/hunter|424242/);
  });

  it('never makes the validation itself fail, whatever stands where', () => {
    const junk = [null, 0, 7, true, '', 'text', [], [null], ['a'], [[]], [{}], {}, { a: { b: 1 } }];
    const healthy = withContainer({
      environment: [{ name: 'A', value: '1' }],
      secrets: [{ name: 'S', valueFrom: 's' }],
      dependsOn: [],
      logConfiguration: AWSLOGS,
      dockerLabels: { a: 'b' },
    }) as unknown as Record<string, unknown>;
    const app = (healthy.containerDefinitions as Record<string, unknown>[])[0] ?? {};
    for (const value of junk) {
      for (const field of [...Object.keys(healthy), 'tags', 'runtimePlatform']) {
        validate({ ...healthy, [field]: value } as unknown as TaskDefinition, FARGATE);
        validate({ ...healthy, [field]: value } as unknown as TaskDefinition, EC2);
      }
      for (const field of Object.keys(app)) {
        validate(withContainer({ ...app, [field]: value }), FARGATE);
        validate(withContainer({ ...app, [field]: [value, { name: value }] }), FARGATE);
      }
      validate(
        withContainer({ logConfiguration: { logDriver: 'awslogs', options: value } }),
        FARGATE,
      );
      validate(definition({ runtimePlatform: { operatingSystemFamily: value } }), FARGATE);
    }
  });
});
