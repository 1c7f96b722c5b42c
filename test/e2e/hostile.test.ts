import { expect, it } from 'vitest';
import { active, hostile, partsOf } from '../report/view/inert.ts';
import { shopRepository } from '../simulator/github/worlds.ts';
import { type WebOverrides, webWorld } from '../simulator/worlds.ts';
import { type StepOptions, simulate, simulateGitHub, step } from './harness.ts';
import { bodiesOn, headlineOf, image, onPull, shortfalls } from './reported.ts';

const short = hostile.filter(({ length }) => length < 100);
/** Everything that a stranger may try, as far as AWS takes it in one text. */
const text = short.join(' ');
const lines = [...short, 'x'.repeat(100_000), '`'.repeat(100_000)];

const ours =
  /^https:\/\/(?:github\.com\/example\/shop\/|app\.example\.com\/|eu-west-1\.console\.aws\.amazon\.com\/)/;

/** Only what we have written does anything in it. */
function expectInert(markdown: string): void {
  const { links, images, html, words } = partsOf(markdown);
  expect(images).toEqual([]);
  for (const one of links) expect(one).toMatch(ours);
  for (const one of html) {
    expect(one).toMatch(
      /^(?:(?:<!-- ecs-rollout[-\w %/.]* -->\n?)+|<\/?details>(?:<summary>[\w '():,]+<\/summary>)?)$/,
    );
  }
  for (const one of words) for (const pattern of active) expect(one).not.toMatch(pattern);
}

it.each<[string, WebOverrides, StepOptions, string, string | [string, string]]>([
  [
    'the reason of a task that did not start',
    {
      service: {
        plays: [{ outcome: 'fail', fail: { stopCode: 'TaskFailedToStart', stoppedReason: text } }],
      },
    },
    { inputs: image },
    'rolled-back',
    'octocat',
  ],
  [
    'the log of a container',
    { service: { plays: [{ outcome: 'app-exit', logs: { app: lines } }] } },
    { inputs: image },
    'rolled-back',
    ['The end of the log', 'Last 50 lines'],
  ],
  [
    'what a load balancer says of a target',
    { service: { plays: [{ outcome: 'unhealthy', healthReason: text }] } },
    { inputs: image },
    'rolled-back',
    'bold',
  ],
  [
    'the name of a parameter',
    {},
    { inputs: { secrets: `PASSWORD=/a/${'`<b>|@octocat'.repeat(5)}` } },
    'rejected',
    'PASSWORD',
  ],
  [
    'the name of a service',
    {},
    { inputs: { service: `x-->\`|<img src=x>@octocat` } },
    'rejected',
    'octocat',
  ],
  [
    'the names in a task definition',
    {},
    {
      inputs: {
        ...{ 'dry-run': 'true', preflight: 'off' },
        overrides: JSON.stringify({
          containerDefinitions: [
            {
              name: 'app',
              environment: [{ name: 'A\\|`<b>@octocat', value: '1' }],
              dockerLabels: { '|<img src=x>\\|`': '1' },
            },
          ],
        }),
      },
    },
    'planned',
    'octocat',
  ],
  [
    'the name of a branch and of an environment',
    {},
    {
      inputs: { ...image, 'github-environment': '@octocat/`<b>##[error]' },
      env: { GITHUB_HEAD_REF: '@octocat/`<b>', GITHUB_REF: 'refs/heads/@octocat-->' },
    },
    'succeeded',
    'octocat',
  ],
])(
  '%s does nothing in a comment, a summary or the log',
  async (_, world, options, status, says) => {
    const [github, simulator] = await Promise.all([
      simulateGitHub(shopRepository()),
      simulate(webWorld(world), { speed: 120 }),
    ]);
    const { outputs, stdout, stepSummary } = await step(simulator, onPull(github, options));
    expect(outputs.status).toBe(status);
    const bodies = github.comments(12).flatMap((comment) => comment.bodies.map(({ body }) => body));
    expect(bodiesOn(github)).toHaveLength(1);
    for (const report of [...bodies, stepSummary]) expectInert(report);
    const [inComment = '', inSummary = inComment] = [says].flat();
    for (const [report, words] of [
      [bodies.at(-1) ?? '', inComment],
      [stepSummary, inSummary],
    ] as const) {
      expect(report.length).toBeLessThanOrEqual(64_000);
      expect(headlineOf(report)).toMatch(/^### \S+ /);
      expect(report).toContain('](https://github.com/example/shop/actions/runs/1)');
      expect(report).toContain(words);
    }
    // The runner obeys what begins a line, and what `##[` begins anywhere.
    const commands = stdout.split('\n').filter((line) => /^\s*::/.test(line));
    for (const line of commands) {
      expect(line).toMatch(
        /^::(?:(?:error|warning) title=ECS Rollout\b|group::|endgroup::|error::web)/,
      );
    }
    expect(stdout).not.toContain('##[');
    expect(shortfalls(stdout)).toEqual([]);
  },
);
