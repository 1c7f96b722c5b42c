import { shortName } from '../../arn.ts';
import type { RolloutState } from '../../rollout/state.ts';
import type { StoppedTask, TaskTimes } from '../../rollout/types.ts';
import type { Picture } from '../picture.ts';
import { fence } from './markdown.ts';

/** Failed tasks that get a bar of their own. */
const mostFailed = 6;

/**
 * The phases of the rollout as a Mermaid chart, from the tasks' own timestamps. Every word in it is
 * ours or made of letters and digits: AWS's text could break the chart.
 * https://mermaid.js.org/syntax/gantt.html
 */
export function gantt(picture: Picture): string {
  const { rollout, registeredAt, revision } = picture;
  if (!rollout) return '';
  const { state, verdict } = rollout;
  const toAws = awsTime(state);
  const registered = toAws(registeredAt);
  const lines = [
    ...(registered === undefined
      ? []
      : [
          '  section Deploy',
          milestone(
            `${label(shortName(revision).replace(/^.*:/, 'revision '))} registered`,
            registered,
          ),
        ]),
    ...firstTask(state, toAws),
    ...failedTasks(state),
    ...endOf(state, verdict.status, toAws),
  ];
  if (lines.length === 0) return '';
  return fence(
    ['gantt', '  dateFormat x', '  axisFormat %H:%M:%S', ...lines].join('\n'),
    'mermaid',
  );
}

/** From the local clock to AWS's, which the tasks' times are on. */
type ToAws = (local: number | undefined) => number | undefined;

function awsTime({ attempt, startedAt }: RolloutState): ToAws {
  const offset = attempt.origin === 'started' ? attempt.createdAt - startedAt : 0;
  return (local) => (local === undefined ? undefined : local + offset);
}

/** How the task that got furthest first came up. */
function firstTask(state: RolloutState, toAws: ToAws): string[] {
  const first = state.runningTasks
    .filter(({ createdAt, startedAt }) => createdAt !== undefined && startedAt !== undefined)
    .toSorted((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0))[0];
  if (!first) return [];
  return [
    '  section First task',
    ...bar('starts', first.createdAt, first.pullStartedAt),
    ...bar('pulls the image', first.pullStartedAt, first.pullStoppedAt),
    ...bar('starts its containers', first.pullStoppedAt ?? first.createdAt, first.startedAt),
    ...bar('runs, becomes healthy', first.startedAt, healthyAt(state, toAws)),
  ];
}

function failedTasks({ stoppedTasks }: RolloutState): string[] {
  const failed = stoppedTasks.filter(({ stopCode }) => stopCode !== 'UserInitiated');
  const lines = failed.slice(0, mostFailed).flatMap(failedTask);
  return lines.length > 0 ? ['  section Failed tasks', ...lines] : [];
}

function failedTask(task: StoppedTask): string[] {
  const id = label(shortName(task.arn).slice(0, 8));
  const how = furthest(task);
  return bar(`${id} ${how}`, task.createdAt, task.stoppedAt, 'crit');
}

function furthest({ startedAt, pullStartedAt, pullStoppedAt }: TaskTimes): string {
  if (startedAt !== undefined) return 'ran and stopped';
  if (pullStoppedAt !== undefined) return 'did not start';
  return pullStartedAt !== undefined ? 'did not pull its image' : 'did not start';
}

/** What the rollout as a whole came to. */
function endOf(state: RolloutState, status: string, toAws: ToAws): string[] {
  const { aloneSince, respondedAt, failedSince } = state;
  const end = toAws(state.now) ?? state.now;
  const healthy = healthyAt(state, toAws);
  const turned = toAws(respondedAt ?? failedSince) ?? lastFailure(state);
  switch (status) {
    case 'succeeded':
      return [
        '  section Service',
        ...(healthy === undefined ? [] : [milestone('healthy', healthy)]),
        ...bar('old tasks drain', healthy, toAws(aloneSince) ?? end),
        milestone('complete', end),
      ];
    case 'rolled-back':
      return ['  section Service', ...bar('rolls back', turned, end, 'crit')];
    case 'failed':
    case 'timed-out':
    case 'stopped':
    case 'superseded':
      return ['  section Service', milestone(status, end, 'crit')];
    default:
      return [];
  }
}

/** When ECS found the new tasks healthy enough to stop old ones; else when all of them ran. */
function healthyAt({ events, allRunningSince }: RolloutState, toAws: ToAws): number | undefined {
  const draining = events.find(({ message }) =>
    /begun draining|has stopped \d+ running/.test(message),
  );
  return draining?.at ?? toAws(allRunningSince);
}

function lastFailure({ stoppedTasks }: RolloutState): number | undefined {
  return stoppedTasks.findLast(({ stoppedAt }) => stoppedAt !== undefined)?.stoppedAt;
}

/** A bar that would end before it begins is left out: AWS's clocks differ a little. */
function bar(
  name: string,
  from: number | undefined,
  to: number | undefined,
  tag?: 'crit',
): string[] {
  if (from === undefined || to === undefined || to < from) return [];
  return [`  ${name} :${tag ? `${tag}, ` : ''}${from}, ${to}`];
}

function milestone(name: string, at: number, tag?: 'crit'): string {
  return `  ${name} :${tag ? `${tag}, ` : ''}milestone, ${at}, 0ms`;
}

/** Letters and digits: a colon, a hash or a semicolon means something to Mermaid. */
function label(text: string): string {
  return text.replace(/[^\w-]+/g, ' ').trim();
}
