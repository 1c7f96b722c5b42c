import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/diagnosis/types.ts';
import { gantt } from '../../../src/report/view/gantt.ts';
import { commentMarkdown, summaryMarkdown } from '../../../src/report/view/view.ts';
import { emptyResult } from '../../../src/result.ts';
import { deniedTasks, picture, result, rollout, run, seen } from '../../support/picture.ts';
import {
  arn,
  deployment,
  finding,
  old,
  service,
  serviceDeployment,
  start,
} from '../../support/rollout.ts';
import { pictures } from './pictures.ts';

const folder = join(import.meta.dirname, 'expected');
const fileOf = (name: string) => `${name.replaceAll(' ', '-')}.md`;

describe('the comment says, to the letter, for', () => {
  it.each(Object.entries(pictures))('%s', (name, shown) => {
    const expected = readFileSync(join(folder, fileOf(name)), 'utf8');
    expect(`${commentMarkdown(shown, run)}\n`).toBe(expected);
  });

  it('no more and no less than there are files for', () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(pictures).map(fileOf).toSorted());
  });
});

/** The headline alone. */
const headlineOf = (overrides: Parameters<typeof picture>[0]) =>
  commentMarkdown(picture(overrides), run).split('\n')[0];

describe('the headline', () => {
  it('names the whole revision where its family is another one', () => {
    const succeeded = result({ status: 'succeeded', runningTaskDefinitionArn: arn('shop:1') });
    expect(headlineOf({ revision: arn('shop:1'), url: '', result: succeeded })).toBe(
      '### ✅ web · prod: `shop:1` serves',
    );
  });

  it('says while it runs that something is wrong', () => {
    const troubled = rollout(seen(58, { stoppedTasks: deniedTasks }));
    expect(headlineOf({ rollout: troubled })).toBe('### 🟠 web · prod: rolling out revision 8');
  });

  it('does not say that nothing was changed once a revision was registered', () => {
    expect(headlineOf({ result: result({ status: 'rejected' }), url: '' })).toBe(
      '### ⛔ web · prod: refused, the service was not changed — still serving revision 7',
    );
  });

  it('does not say that nothing serves where the end of the step knows nothing of the service', () => {
    const summary = ['Cancelled while a request to AWS was unanswered: look at the service.'];
    const cancelled = { ...emptyResult('prod', 'web'), status: 'cancelled', summary } as const;
    expect(headlineOf({ rollout: rollout(seen(5)), url: '', result: cancelled })).toBe(
      '### 🚫 web · prod: cancelled, ECS goes on with revision 8 — still serving revision 7',
    );
    const broken = { ...cancelled, status: 'failed' } as const;
    expect(headlineOf({ url: '', result: broken })).toBe(
      '### ❌ web · prod: failed — still serving revision 7',
    );
  });

  it('says that what runs already does not answer', () => {
    const { status, summary, diagnosis } = pictures['check-url'].result ?? result();
    expect(headlineOf({ result: result({ status, summary, diagnosis }) })).toBe(
      '### ❌ web · prod: nothing to deploy, but it does not answer — still serving revision 7',
    );
  });

  it('calls a dry run that would fail by its name', () => {
    const checks = [{ mark: 'fails', what: 'x', finding: finding() } as const];
    const planned = result({ status: 'planned', summary: ['web · prod: dry run.'] });
    expect(headlineOf({ checks, result: planned })).toBe(
      '### 📋 web · prod: dry run — this would fail',
    );
  });

  it('names no cluster where the inputs name none', () => {
    const refused = result({ status: 'rejected', summary: ['ECS Rollout: refused.'] });
    expect(headlineOf({ cluster: '', result: refused })).toMatch(/^### ⛔ web: refused, /);
  });

  it('keeps names harmless', () => {
    expect(headlineOf({ service: 'a_b', cluster: '@octocat <img>' })).toBe(
      '### 🔎 a\\_b · `@octocat <img>`: about to deploy revision 8',
    );
  });
});

describe('the bar', () => {
  const barOf = (running: number, desired: number) => {
    const deployments = [deployment({ running, desired }), old()];
    const shown = rollout(seen(40, { service: service({ deployments }) }));
    return /`([▰▱]+)`/.exec(commentMarkdown(picture({ rollout: shown }), run))?.[1];
  };

  it.each([
    [0, 4, '▱▱▱▱▱▱▱▱'],
    [1, 4, '▰▰▱▱▱▱▱▱'],
    [1, 400, '▰▱▱▱▱▱▱▱'],
    [399, 400, '▰▰▰▰▰▰▰▱'],
    [4, 4, '▰▰▰▰▰▰▰▰'],
    [6, 4, '▰▰▰▰▰▰▰▰'],
    [0, 0, undefined],
  ])('%d of %d tasks', (running, desired, bar) => {
    expect(barOf(running, desired)).toBe(bar);
  });

  const target = (id: string, state: string, isOwn: boolean) => ({
    group: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef',
    ...{ id, port: 8080, state, isOwn },
    ...{
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    },
  });

  it('counts healthy tasks where the load balancer tells of all of them', () => {
    const deployments = [deployment({ running: 2 }), old()];
    const both = [target('10.0.0.1', 'healthy', true), target('10.0.0.2', 'unhealthy', true)];
    const shown = (targets: typeof both) => {
      const told = { kind: 'targets', at: start + 41_000, targets, tasks: undefined } as const;
      return commentMarkdown(
        picture({ rollout: rollout(seen(40, { service: service({ deployments }) }), told) }),
        run,
      );
    };
    expect(shown(both)).toContain('1 of 2 tasks healthy');
    expect(shown(both.slice(0, 1))).toContain('2 of 2 tasks running');
    expect(shown(both)).toContain(
      [
        '**Targets of `web`**: 1 healthy, 1 unhealthy',
        '- `10.0.0.2:8080`: Health checks failed with these codes: `[503]`',
      ].join('\n'),
    );
    expect(shown([target('10.0.0.9', 'unhealthy', false)])).toContain(
      '- `10.0.0.9:8080` (not of this deployment): Health checks',
    );
  });
});

it('what an address answers is no word of AWS’s, whether anything was deployed or not', () => {
  const answer = finding({
    ...{ class: 'other', summary: 'https://app.example.com/health answered 503.' },
    ...{ resource: 'https://app.example.com/health', evidence: 'HTTP 503 after 20 attempts' },
  });
  const comment = commentMarkdown(
    picture({ result: result({ status: 'failed', diagnosis: [answer] }) }),
    run,
  );
  expect(comment).toContain('`https://app.example.com/health` answered 503.');
  expect(comment).not.toContain("AWS's own words");
});

describe('what is too long', () => {
  const many = (number: number, text: string): Finding[] =>
    Array.from({ length: number }, (_, index) =>
      finding({ summary: `Finding number ${index}.`, evidence: text, fix: text }),
    );

  it('is shortened from the least telling on, and never past 64,000 characters', () => {
    const diagnosis = many(60, 'x'.repeat(30_000));
    const tail = {
      kind: 'logs',
      at: start,
      tails: [
        {
          ...{ taskArn: 'task', container: 'app', group: '/ecs/web', stream: 'web/app/1' },
          lines: Array.from({ length: 10_000 }, (_, index) => `line ${index}`),
        },
      ],
    } as const;
    const shown = rollout(seen(58, { stoppedTasks: deniedTasks }), tail);
    const comment = commentMarkdown(
      picture({ rollout: shown, result: result({ status: 'rolled-back', diagnosis }) }),
      run,
    );
    expect(comment.length).toBeLessThanOrEqual(64_000);
    expect(comment).toMatch(/^### ❌ web · prod: rolled back/);
    expect(comment).toContain('**Finding number 0.**');
    expect(comment).toContain('x'.repeat(30_000));
    expect(comment).toContain('Service in the ECS console');
    expect(comment).toContain('| revision | `web:7` | `web:8` |');
    expect(comment).not.toContain('line 0');
  });

  it('shows the last lines of a log, never the first ones, and where secrets are masked alone', () => {
    const tails = [
      {
        ...{ taskArn: 'task', container: 'app', group: '/ecs/web', stream: 'web/app/1' },
        lines: Array.from({ length: 60 }, (_, index) => `line ${index}`),
      },
    ];
    const shown = rollout(seen(58), { kind: 'logs', at: start, tails });
    const summary = summaryMarkdown([picture({ rollout: shown })], run);
    expect(summary).toContain('line 59');
    expect(summary).toContain('line 10\n');
    expect(summary).not.toContain('line 9\n');
    const comment = commentMarkdown(picture({ rollout: shown }), run);
    expect(comment).not.toContain('line 59');
    expect(comment).toContain(
      `The end of the log of container \`app\` is on the page of [the run](${run}).`,
    );
  });

  it('cuts long lists of names', () => {
    const taskDefinition = Array.from({ length: 40 }, (_, index) => ({
      ...{ kind: 'environment', container: 'app', name: `NAME_${index}`, change: 'added' },
    })) as NonNullable<ReturnType<typeof picture>['plan']>['taskDefinition'];
    const plan = { source: 'x', register: true, service: [], taskDefinition };
    expect(commentMarkdown(picture({ plan }), run)).toContain('+ `NAME_11` and 28 more |');
  });
});

describe('the job summary', () => {
  const task = (id: string, seconds: readonly number[]) => {
    const [createdAt, pullStartedAt, pullStoppedAt, startedAt] = seconds.map(
      (second) => start + second * 1_000,
    );
    return {
      arn: `arn:aws:ecs:eu-west-1:123456789012:task/prod/${id}`,
      addresses: [],
      ...{ createdAt, pullStartedAt, pullStoppedAt, startedAt, stoppedAt: undefined },
    };
  };

  it('draws the phases of a success from the times of the task that was first', () => {
    const drained = {
      ...{ id: 'd', at: start + 70_000 },
      message: '(service web) has begun draining connections on 2 tasks.',
    };
    const shown = rollout(
      seen(65, { service: service({ deployments: [deployment({ running: 2 }), old()] }) }),
      seen(92, {
        service: service({
          deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })],
          events: [drained],
        }),
        serviceDeployment: serviceDeployment({ status: 'SUCCESSFUL' }),
      }),
      {
        ...{ kind: 'targets', at: start + 92_000, targets: undefined },
        tasks: [task('b', [3, 12, 30, 41]), task('a', [3, 10, 25, 38])],
      },
    );
    const at = (seconds: number) => start + seconds * 1_000;
    expect(gantt(picture({ rollout: shown }))).toBe(
      [
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %H:%M:%S',
        '  section Deploy',
        `  revision 8 registered :milestone, ${at(-1)}, 0ms`,
        '  section First task',
        `  starts :${at(3)}, ${at(10)}`,
        `  pulls the image :${at(10)}, ${at(25)}`,
        `  starts its containers :${at(25)}, ${at(38)}`,
        `  runs, becomes healthy :${at(38)}, ${at(70)}`,
        '  section Service',
        `  healthy :milestone, ${at(70)}, 0ms`,
        `  old tasks drain :${at(70)}, ${at(92)}`,
        `  complete :milestone, ${at(92)}, 0ms`,
        '```',
      ].join('\n'),
    );
  });

  it('draws failed tasks and the rollback, with no word of AWS in it', () => {
    const chart = gantt(pictures['rolled-back']);
    const at = (seconds: number) => start + seconds * 1_000;
    expect(chart.split('\n').slice(4)).toEqual([
      '  section Deploy',
      `  revision 8 registered :milestone, ${at(-1)}, 0ms`,
      '  section Failed tasks',
      `  01234567 did not start :crit, ${at(5)}, ${at(40)}`,
      `  fedcba98 did not start :crit, ${at(5)}, ${at(40)}`,
      '  section Service',
      `  rolls back :crit, ${at(58)}, ${at(92)}`,
      '```',
    ]);
  });

  it('is the comment with the chart, one service below the other, what failed first', () => {
    const both = summaryMarkdown([pictures.succeeded, pictures['rolled-back']], run);
    expect(both.match(/^### /gm)).toHaveLength(2);
    expect(both.match(/^```mermaid$/gm)).toHaveLength(2);
    expect(both).toContain('\n\n---\n\n### ✅');
  });

  it('has no chart where nothing was rolled out', () => {
    expect(summaryMarkdown([pictures.rejected], run)).not.toContain('mermaid');
  });

  it('stays far below a mebibyte with many services', () => {
    const diagnosis = many();
    const failed = picture({ result: result({ status: 'rolled-back', diagnosis }) });
    const summary = summaryMarkdown(
      Array.from({ length: 30 }, () => failed),
      run,
    );
    expect(Buffer.byteLength(summary)).toBeLessThan(1_000_000);
  });

  function many(): Finding[] {
    return Array.from({ length: 50 }, (_, index) =>
      finding({ summary: `Finding ${index}.`, evidence: '☃'.repeat(5_000) }),
    );
  }
});
