/**
 * `npm run demo`: one deploy told three times, through dist/index.js as the runner runs it, against
 * the simulator. A web app moves its PASSWORD from a plain environment variable to an SSM parameter.
 * Once the execution role may read it; once it may not, and the preflight sees that; once it may not,
 * and only the tasks tell. Writes what the pull request and the job summary showed to demo/index.html.
 * Exits with 0 when the three end as they should.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { pullRequestEnv, pullRequestEvent } from '../test/e2e/pull-request.ts';
import { runAction } from '../test/e2e/run-action.ts';
import { type GitHub, startGitHub } from '../test/simulator/github/github.ts';
import { shopRepository, workflowToken } from '../test/simulator/github/worlds.ts';
import { type Simulator, startSimulator } from '../test/simulator/simulator.ts';
import type { Play, Timings, World } from '../test/simulator/world.ts';
import { webWorld } from '../test/simulator/worlds.ts';
import { type Exhibit, githubPage } from './github-page.ts';

const root = join(import.meta.dirname, '..');
const taskDefinition = 'examples/web/task-definition.json';
/** Of the simulated repository. */
const pullRequest = 12;

/** Seconds: everything takes a fraction of its usual time, so that nobody has to wait. */
const timings: Partial<Timings> = {
  pending: 1,
  activating: 2,
  running: 4,
  healthy: 2,
  drain: 3,
  stop: 1,
  startFailure: 3,
  retry: 2,
  breaker: 1,
  rollback: 5,
};

const deployer = 'arn:aws:sts::123456789012:assumed-role/web-deployer/github';

/** A deployer that may do everything, and one that may deploy, but not look at IAM and the like. */
const seeing: World['callers'] = { '*': { arn: deployer } };
const blind: World['callers'] = {
  '*': {
    arn: deployer,
    allow: [
      { action: 'ecs:*' },
      { action: 'iam:PassRole' },
      { action: 'elasticloadbalancing:Describe*' },
    ],
  },
};

/** How one deploy is played: in what world, and how it must end. */
interface Act {
  readonly id: string;
  readonly title: string;
  readonly roleMayReadParameter: boolean;
  readonly world: Partial<World>;
  readonly status: string;
}

const acts: readonly Act[] = [
  {
    id: 'succeeded',
    title: 'The execution role may read the SSM parameter',
    roleMayReadParameter: true,
    world: { callers: seeing },
    status: 'succeeded',
  },
  {
    id: 'refused',
    title: 'The execution role may not read it: refused before anything is changed',
    roleMayReadParameter: false,
    world: { callers: seeing },
    status: 'rejected',
  },
  {
    id: 'rolled-back',
    title: 'The same, and the deployer may not look at IAM: the tasks tell',
    roleMayReadParameter: false,
    world: { callers: blind },
    status: 'rolled-back',
  },
];

/** Plays one deploy and tells whether it ended as it should. */
async function play({ id, title, roleMayReadParameter, world, status }: Act): Promise<boolean> {
  console.log(`\n${styleText(['bold', 'inverse'], ` ${title} `)}\n`);
  const quick: Play = { outcome: 'healthy', timings };
  const simulator = await startSimulator(
    webWorld({
      roleMayReadParameter,
      taskDefinition: asItWasBefore(),
      service: { baseline: { rollout: 'COMPLETED', play: quick }, plays: [quick] },
      world,
    }),
  );
  const github = await startGitHub(shopRepository());
  const site = await openSite(simulator);
  console.log(`before   ${await site.visit()}\n`);
  const { exitCode, outputs, stepSummary } = await runAction({
    inputs: {
      ...{ cluster: 'prod', service: 'web', 'task-definition': taskDefinition },
      'github-token': workflowToken,
    },
    env: { AWS_ENDPOINT_URL: simulator.url, ...pullRequestEnv(github, pullRequest) },
    event: pullRequestEvent(github, pullRequest),
    workspace: root,
    onOutput: (text) => process.stdout.write(asInTheRunnersLog(text)),
  });
  console.log(`\nafter    ${await site.visit()}`);
  const color = exitCode === 0 ? 'green' : 'red';
  console.log(
    `the step ended as ${styleText([color, 'bold'], `${outputs.status}, exit code ${exitCode}`)}`,
  );
  exhibits.push(...comments(github, id, title), {
    ...{ id: `${id}-summary`, title: `${title}: the job summary`, kind: 'summary' },
    markdown: stepSummary,
  });
  await site.close();
  await github.close();
  await simulator.close();
  return outputs.status === status;
}

/** What the pull request showed: at the end, and once on the way where the rollout took some time. */
function comments(github: GitHub, id: string, title: string): Exhibit[] {
  return github.comments(pullRequest).flatMap(({ body, bodies }) => {
    const running = bodies.findLast(({ body }) => body.includes('▰') || body.includes('▱'));
    const exhibit = (id: string, title: string, markdown: string): Exhibit => ({
      ...{ id, title, kind: 'comment', markdown },
    });
    return [
      ...(running ? [exhibit(`${id}-running`, `${title}: while it ran`, running.body)] : []),
      exhibit(id, title, body),
    ];
  });
}

/** The example's definition with the image and the plain password of the revision before it. */
function asItWasBefore(): object {
  const example = JSON.parse(readFileSync(join(root, taskDefinition), 'utf8'));
  const [{ secrets: _, ...container }] = example.containerDefinitions;
  const image = container.image.replace(/:[^:]+$/, ':3f1c2ab');
  const environment = [...container.environment, { name: 'PASSWORD', value: 'not-a-secret' }];
  return { ...example, containerDefinitions: [{ ...container, image, environment }] };
}

/** The app behind its load balancer: it answers from whatever tasks run in the simulator. */
async function openSite(simulator: Simulator) {
  const server = createServer(async (_, response) => {
    const running = await runningRevision(simulator.url);
    if (!running) return void response.writeHead(503).end('503 Service Unavailable');
    const { name, secrets } = running;
    const from = secrets > 0 ? 'an SSM parameter' : 'a plain environment variable';
    response.end(`200 OK, from ${name}, PASSWORD from ${from}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    visit: async () =>
      `the site answers: ${await (await fetch(`http://127.0.0.1:${port}/`)).text()}`,
    close: () => new Promise<void>((done) => void server.close(() => done())),
  };
}

/** What the tasks that run now were started from. */
async function runningRevision(
  url: string,
): Promise<{ name: string; secrets: number } | undefined> {
  const ask = async <Answer>(operation: string, input: object): Promise<Answer> => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `AmazonEC2ContainerServiceV20141113.${operation}`,
        Authorization:
          'AWS4-HMAC-SHA256 Credential=AKIAVISITOR/20260101/eu-west-1/ecs/aws4_request',
      },
      body: JSON.stringify(input),
    });
    return (await answer.json()) as Answer;
  };
  const { services } = await ask<{
    services: { deployments: { runningCount: number; taskDefinition: string }[] }[];
  }>('DescribeServices', { cluster: 'prod', services: ['web'] });
  const running = services[0]?.deployments.find(({ runningCount }) => runningCount > 0);
  if (!running) return undefined;
  const { taskDefinition: revision } = await ask<{
    taskDefinition: {
      family: string;
      revision: number;
      containerDefinitions: { secrets?: unknown[] }[];
    };
  }>('DescribeTaskDefinition', { taskDefinition: running.taskDefinition });
  return {
    name: `${revision.family}:${revision.revision}`,
    secrets: revision.containerDefinitions[0]?.secrets?.length ?? 0,
  };
}

/** Shows the runner's commands for errors and warnings the way that its log does. */
function asInTheRunnersLog(text: string): string {
  return text.replace(/^::(error|warning)[^:]*::(.*)$/gm, (_, kind: string, message: string) => {
    const unescaped = message
      .replaceAll('%0A', '\n       ')
      .replaceAll('%0D', '')
      .replaceAll('%25', '%');
    return kind === 'error'
      ? styleText('red', `Error: ${unescaped}`)
      : styleText('yellow', `Warning: ${unescaped}`);
  });
}

const exhibits: Exhibit[] = [];
const ended: boolean[] = [];
for (const act of acts) ended.push(await play(act));
const asExpected = ended.every(Boolean);
console.log(
  asExpected
    ? '\nThe site answered 200 all along, all three times. Only the step told them apart.'
    : '\nThe demo did not go as it should.',
);
const page = join(root, 'demo/index.html');
mkdirSync(join(root, 'demo'), { recursive: true });
writeFileSync(page, githubPage('What the pull request and the job summary show', exhibits));
console.log(
  `What the pull request and the job summary showed: ${relative(process.cwd(), page)} (open it in a browser)`,
);
process.exitCode = asExpected ? 0 : 1;
