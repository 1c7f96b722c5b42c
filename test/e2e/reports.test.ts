import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { GitHubFault, GitHubWorld } from '../simulator/github/world.ts';
import { forkToken, shopRepository } from '../simulator/github/worlds.ts';
import { type WebOverrides, webWorld } from '../simulator/worlds.ts';
import {
  printed,
  type StepOptions,
  simulate,
  simulateGitHub,
  startStep,
  step,
  workspace,
} from './harness.ts';
import { bodiesOn, headlineOf, image, onPull, shortfalls } from './reported.ts';

const inputs = { ...image, 'github-environment': 'production' };

/** Where nobody listens. */
const nowhere = await new Promise<string>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(`http://127.0.0.1:${port}`));
  });
});

interface Trouble {
  /** What GitHub is like. */
  readonly world?: Partial<GitHubWorld>;
  readonly faults?: readonly GitHubFault[];
  readonly options?: StepOptions;
  /** Why each report could not be made; those that are not named are made. */
  readonly comment?: RegExp;
  readonly deployment?: RegExp;
  readonly summary?: RegExp;
}

const always = (answer: GitHubFault['answer']): Pick<Trouble, 'faults'> => ({
  faults: [{ answer }],
});

/** What `trouble` makes of a step that deploys and of one that is rolled back. */
async function troubled(trouble: Trouble, world: WebOverrides = {}) {
  const { faults = [], options = {} } = trouble;
  const [github, simulator] = await Promise.all([
    simulateGitHub(shopRepository({ ...trouble.world, faults: [...faults] })),
    simulate(webWorld(world)),
  ]);
  const result = await step(
    simulator,
    onPull(github, { ...options, inputs: { ...inputs, ...options.inputs } }),
  );
  return { ...result, github };
}

/** All that other steps see, without what is another each time. */
const seen = ({
  exitCode,
  outputs,
}: {
  exitCode: number | null;
  outputs: Record<string, string>;
}) =>
  JSON.stringify({ exitCode, outputs })
    .replaceAll(/ecs-svc\/\d+|service-deployment\/prod\/web\/[\w-]+/g, '…')
    .replaceAll(/\d+m \d+s|\d+[sm]\b/g, '…');

const commentName = 'The pull request comment could not be made: ';
const deploymentName = 'The GitHub deployment to production could not be made: ';
const summaryName = 'The job summary could not be made: ';

const troubles: Readonly<Record<string, Trouble>> = {
  'a GitHub that never answers': {
    ...always('hang'),
    comment: /GitHub did not answer/,
    deployment: /GitHub did not answer/,
  },
  'all of it at once': {
    options: {
      inputs: { 'github-token': forkToken },
      env: { GITHUB_STEP_SUMMARY: '/nowhere/summary.md' },
    },
    faults: [
      { times: 2, answer: 'html-502' },
      { times: 1, answer: 'hang' },
      { answer: 'secondary-limit' },
    ],
    comment: /./,
    deployment: /./,
    summary: /./,
  },
  'much of it at once': {
    options: {
      inputs: { 'github-token': forkToken },
      env: { GITHUB_STEP_SUMMARY: '/nowhere/summary.md' },
    },
    faults: [{ times: 2, answer: 'html-502' }, { answer: 'secondary-limit' }],
    comment: /./,
    deployment: /./,
    summary: /./,
  },
  'no trouble': {},
  'the token of a fork': {
    options: { inputs: { 'github-token': forkToken } },
    comment: /HTTP 403: Resource not accessible by integration\. .*pull-requests: write/,
    deployment: /HTTP 403: Resource not accessible by integration\. .*deployments: write/,
  },
  'no token': {
    options: { inputs: { 'github-token': '' } },
    comment: /the input github-token is empty/,
    deployment: /the input github-token is empty/,
  },
  'a token that is unknown': {
    options: { inputs: { 'github-token': 'x' } },
    comment: /HTTP 401: Bad credentials/,
    deployment: /HTTP 401: Bad credentials/,
  },
  'a GitHub that is down': {
    options: { env: { GITHUB_API_URL: nowhere } },
    comment: /connect ECONNREFUSED 127\.0\.0\.1:\d+\. The deploy is not affected\.$/,
    deployment: /connect ECONNREFUSED 127\.0\.0\.1:\d+\. The deploy is not affected\.$/,
  },
  'server errors': {
    ...always({ status: 503, message: 'Service Unavailable' }),
    comment: /HTTP 503: Service Unavailable/,
    deployment: /HTTP 503: Service Unavailable/,
  },
  'pages of HTML': {
    ...always('html-502'),
    comment: /: HTTP 502\. The/,
    deployment: /: HTTP 502\. The/,
  },
  'the primary limit': {
    ...always('primary-limit'),
    comment: /API rate limit exceeded for installation ID \d+\. The deploy is not affected\.$/,
    deployment: /API rate limit exceeded/,
  },
  'a secondary limit for a minute': {
    ...always('secondary-limit'),
    comment: /HTTP 403: You have exceeded a secondary rate limit/,
    deployment: /HTTP 403: You have exceeded a secondary rate limit/,
  },
  'a limit that is over in two seconds': {
    faults: [
      {
        times: 2,
        answer: { status: 429, message: 'Too many', headers: { 'retry-after': '2' } },
      },
    ],
  },
  'a conversation that is locked': {
    world: {
      pulls: (shopRepository().pulls ?? []).map((pull) => ({ ...pull, locked: true })),
    },
    comment: /HTTP 403: Unable to create comment because issue is locked/,
  },
  ...Object.fromEntries(
    [403, 409, 422].map((status): [string, Trouble] => [
      `deployments that are refused with ${status}`,
      {
        faults: [{ path: '/repos/*/deployments', answer: { status, message: 'Not this one' } }],
        deployment: new RegExp(`HTTP ${status}: Not this one`),
      },
    ]),
  ),
  'a summary that cannot be written': {
    options: { env: { GITHUB_STEP_SUMMARY: '/nowhere/summary.md' } },
    summary: /\/nowhere\/summary\.md/,
  },
};

/** Does it for all, four at a time. */
async function beside<T, R>(all: readonly T[], make: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = [...all.entries()];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await make(next[1]);
  };
  await Promise.all([work(), work(), work(), work()]);
  return results;
}

it('a report that cannot be made is one warning, and all else is as it would have been', async () => {
  // What waits longest comes first.
  const names = Object.keys(troubles);
  const ends = await beside(
    names,
    async (name) => [name, await troubled(troubles[name] ?? {})] as const,
  );
  const well = ends.find(([name]) => name === 'no trouble')?.[1];
  expect(well?.outputs.status).toBe('succeeded');
  for (const [name, end] of ends) {
    const { comment, deployment, summary } = troubles[name] ?? {};
    const told = shortfalls(end.stdout);
    const expected = [
      [commentName, comment],
      [deploymentName, deployment],
      [summaryName, summary],
    ] as const;
    for (const [title, why] of expected) {
      const own = told.filter((line) => line.includes(title));
      expect({ name, title, count: own.length }).toEqual({ name, title, count: why ? 1 : 0 });
      if (why) expect(own[0]).toMatch(why);
    }
    expect({ name, seen: seen(end) }).toEqual({ name, seen: well && seen(well) });
    expect(end.stderr).toBe('');
    const { github } = end;
    expect([name, bodiesOn(github).map(headlineOf)]).toEqual([
      name,
      comment ? [] : [expect.stringMatching(/^### ✅/)],
    ]);
    expect([name, github.deployments.map(({ statuses }) => statuses.at(-1)?.state)]).toEqual([
      name,
      deployment ? [] : ['success'],
    ]);
    expect([name, headlineOf(end.stepSummary)]).toEqual([
      name,
      summary ? '' : expect.stringMatching(/^### ✅/),
    ]);
  }
});

it('so is the verdict of a deploy that is rolled back', async () => {
  const world: WebOverrides = { service: { plays: [{ outcome: 'app-exit' }] } };
  const names = ['no trouble', 'much of it at once'];
  const [well, ill] = await beside(names, (name) =>
    troubled(
      {
        ...troubles[name],
        options: { inputs: { 'on-failure': 'wait' }, ...troubles[name]?.options },
      },
      world,
    ),
  );
  expect(well?.outputs.status).toBe('rolled-back');
  for (const name of ['status', 'task-definition-arn', 'running-task-definition-arn']) {
    expect(ill?.outputs[name]).toBe(well?.outputs[name]);
  }
  expect([well?.exitCode, ill?.exitCode]).toEqual([1, 1]);
  expect(shortfalls(ill?.stdout ?? '')).toHaveLength(3);
});

it('the comments of two services that fail for one reason are one warning', async () => {
  const world = webWorld();
  const web = world.clusters.prod?.services.web;
  if (!web) throw new Error('There is no service web');
  const clusters = { prod: { services: { web, api: structuredClone(web) } } };
  const options = { inputs: { service: 'web, api', 'github-token': forkToken } };
  const { stdout, outputs } = await troubled({ options }, { world: { clusters } });
  expect(outputs.status).toBe('succeeded');
  expect(shortfalls(stdout).sort()).toEqual([
    expect.stringContaining(deploymentName),
    expect.stringContaining(commentName),
  ]);
});

it('the summary shows the phases as a chart, and an annotation leads to the line that is to blame', async () => {
  const [github, simulator] = await Promise.all([
    simulateGitHub(),
    simulate(webWorld({ roleMayReadParameter: false })),
  ]);
  const definition = {
    family: 'web',
    executionRoleArn: 'arn:aws:iam::123456789012:role/web-execution',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    ...{ cpu: '256', memory: '512' },
    containerDefinitions: [
      {
        name: 'app',
        ...image,
        portMappings: [{ containerPort: 8080 }],
        secrets: [{ name: 'PASSWORD', valueFrom: '/web/prod/password' }],
      },
    ],
  };
  const folder = workspace({ 'task-definition.json': definition });
  const line =
    1 +
    JSON.stringify(definition, null, 2)
      .split('\n')
      .findIndex((text) => text.includes('valueFrom'));
  const result = await step(
    simulator,
    onPull(github, {
      inputs: { 'task-definition': 'task-definition.json', preflight: 'off' },
      workspace: folder,
    }),
  );
  expect(result.outputs.status).toBe('rolled-back');
  expect(result.stdout).toMatch(
    new RegExp(
      `^::error title=ECS Rollout,file=task-definition\\.json,line=${line}::.*PASSWORD`,
      'm',
    ),
  );
  expect(result.stepSummary).toMatch(/```mermaid\ngantt\n[^`]+ :crit, \d+, \d+\n[^`]*```/);
  for (const report of [result.stepSummary, ...bodiesOn(github)]) {
    expect(report).toContain(`\`task-definition.json\` line ${line}`);
  }
});

it('a job that is cancelled while ECS rolls out tells so everywhere before the runner ends it', async () => {
  const [github, simulator] = await Promise.all([
    simulateGitHub(),
    simulate(webWorld({ service: { plays: [{ outcome: 'hang' }] } })),
  ]);
  const running = startStep(simulator, onPull(github, { inputs }));
  await printed(running, 'following');
  running.kill('SIGINT');
  const { outputs, stdout, stepSummary } = await running.result;
  expect(outputs.status).toBe('cancelled');
  expect(shortfalls(stdout)).toEqual([]);
  const headline =
    '### 🚫 web · prod: cancelled, ECS goes on with revision 8 — still serving revision 7 at [app.example.com](https://app.example.com/)';
  expect([...bodiesOn(github), stepSummary].map(headlineOf)).toEqual([headline, headline]);
  expect(github.deployments[0]?.statuses.at(-1)).toMatchObject({
    ...{ state: 'inactive', environmentUrl: '' },
    description: expect.stringContaining('ECS goes on'),
  });
});
