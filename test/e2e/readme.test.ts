import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Statement } from '../simulator/world.ts';
import { type WebOverrides, webWorld } from '../simulator/worlds.ts';
import { simulate, step } from './harness.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface PolicyStatement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** The fenced blocks of a page in one language. */
function blocks(file: string, language: string): string[] {
  return [...read(file).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block ?? '',
  );
}

/** A policy's statements as the simulator takes them: one action on one resource each. */
function statements(...policies: readonly PolicyStatement[]): Statement[] {
  return policies.flatMap(({ Action, Resource }) =>
    [Action]
      .flat()
      .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }))),
  );
}

const readmePolicy = () => {
  const { Statement } = JSON.parse(blocks('README.md', 'json')[0] ?? '');
  return Statement as PolicyStatement[];
};
const tagPolicy = () => JSON.parse(blocks('docs/permissions.md', 'json')[0] ?? '');
const preflightPolicy = () => {
  const block = blocks('docs/permissions.md', 'json').find((one) => one.includes('Simulate'));
  return (JSON.parse(block ?? '').Statement ?? []) as PolicyStatement[];
};

describe('the policy of the README', () => {
  const deploy = async (
    allow: readonly Statement[],
    inputs: Record<string, string>,
    overrides: WebOverrides = {},
  ) => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/web-deployer/github';
    const callers = { '*': { arn, allow: [...allow] } };
    const simulator = await simulate(webWorld({ ...overrides, world: { callers } }));
    const result = await step(simulator, {
      inputs: { 'task-definition': 'examples/web/task-definition.json', ...inputs },
      workspace: root,
    });
    return { ...result, denied: simulator.calls.filter(({ status }) => status >= 400) };
  };

  it('is enough for a deploy: only what the preflight would look up besides is denied', async () => {
    const { outputs, denied } = await deploy(statements(...readmePolicy()), {});
    expect(outputs.status).toBe('succeeded');
    expect(denied.filter(({ service }) => service === 'ecs')).toEqual([]);
    const without = await deploy(statements(...readmePolicy()), { preflight: 'off' });
    expect(without.denied).toEqual([]);
  });

  it('makes every check of the preflight with the policy of docs/permissions.md', async () => {
    const allow = statements(...readmePolicy(), ...preflightPolicy());
    const { outputs, stdout, denied } = await deploy(allow, {});
    expect(outputs.status).toBe('succeeded');
    expect(denied).toEqual([]);
    expect(stdout).toMatch(/^::group::Preflight of web · prod: \d+ passed$/m);
  });

  it('lets the step end a rollout that is certain to fail', async () => {
    const { outputs, denied } = await deploy(
      statements(...readmePolicy()),
      { preflight: 'off' },
      { roleMayReadParameter: false },
    );
    expect(outputs.status).toBe('rolled-back');
    expect(outputs.summary).toContain('This step asked ECS to roll back');
    expect(denied).toEqual([]);
  });

  it('needs the statement of docs/permissions.md for tags', async () => {
    const inputs = { tags: 'commit=9d04e11' };
    const without = await deploy(statements(...readmePolicy()), inputs);
    expect(without.outputs.status).toBe('rejected');
    expect(without.stdout).toContain('ecs:TagResource');
    const withIt = await deploy(statements(...readmePolicy(), tagPolicy()), inputs);
    expect(withIt.outputs.status).toBe('succeeded');
  });
});

describe('the address of an Express service', () => {
  it('needs the statement of docs/permissions.md for it', async () => {
    const block = blocks('docs/permissions.md', 'json').find((one) => one.includes('Express'));
    const service = { express: {}, loadBalancers: [] };
    const urlWith = async (...policy: readonly PolicyStatement[]) => {
      const arn = 'arn:aws:sts::123456789012:assumed-role/web-deployer/github';
      const callers = { '*': { arn, allow: statements(...readmePolicy(), ...policy) } };
      const simulator = await simulate(webWorld({ service, world: { callers } }));
      const { outputs } = await step(simulator, { inputs: { preflight: 'off' } });
      return outputs.url;
    };
    expect(await urlWith()).toBe('');
    expect(await urlWith(JSON.parse(block ?? ''))).toMatch(/^https:.*\.on\.aws$/);
  });
});

describe('workflows', () => {
  const { inputs: declared } = parse(read('action.yml')) as { inputs: Record<string, unknown> };
  const workflows = [
    ...readdirSync(join(root, 'examples')).map((name) => read(`examples/${name}/deploy.yml`)),
    ...blocks('README.md', 'yaml').filter((block) => block.startsWith('name:')),
  ];

  it.each(workflows)('%#: use only inputs that the action has', (workflow) => {
    const { jobs } = parse(workflow);
    const [uses] = jobs.deploy.steps.filter(({ uses }: { uses: string }) =>
      uses.startsWith('ecs-rollout/'),
    );
    expect(Object.keys(declared)).toEqual(expect.arrayContaining(Object.keys(uses.with)));
  });
});

describe('the example scorekeep', () => {
  it('deploys both containers and is unchanged the second time', async () => {
    const file = 'examples/scorekeep/task-definition.json';
    const definition = JSON.parse(read(file));
    const images = definition.containerDefinitions
      .map(({ name, image }: { name: string; image: string }) => `${name}=${image}-next`)
      .join('\n');
    const { web } = webWorld().clusters.prod?.services ?? {};
    if (!web) throw new Error('the usual world has a service web');
    const scorekeep = { ...web, taskDefinition: 'scorekeep:1', loadBalancers: [] };
    const simulator = await simulate(
      webWorld({
        world: {
          clusters: { prod: { services: { scorekeep } } },
          taskDefinitions: [{ ...definition, revision: 1 }],
          roles: {
            'scorekeep-execution': { managed: ['AmazonECSTaskExecutionRolePolicy'] },
            'scorekeep-task': {},
          },
        },
      }),
    );
    const deploy = () =>
      step(simulator, {
        inputs: { service: 'scorekeep', 'task-definition': file, image: images },
        workspace: root,
      });
    const first = await deploy();
    expect(first.outputs.status).toBe('succeeded');
    expect(JSON.parse(first.outputs.plan ?? '').taskDefinition).toHaveLength(2);
    expect((await deploy()).outputs.status).toBe('unchanged');
  });
});
