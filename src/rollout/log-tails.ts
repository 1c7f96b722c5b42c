import type { CloudWatchLogsClient, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { shortName } from '../arn.ts';
import { awsErrorKind, awsWords } from '../aws.ts';
import type { Clock } from '../clock.ts';
import type { TaskDefinition } from '../task-definition/types.ts';
import { withoutIds } from './stop-reason.ts';
import type { LogTail, StoppedTask } from './types.ts';

/** How the logs of failed containers are read. */
export interface LogReading {
  /** The client of a region, or of the step's own. */
  client(region: string | undefined): Promise<CloudWatchLogsClient>;
  /** What the tasks were started from. */
  readonly definition: TaskDefinition;
  /** How many lines of each log; 0 reads none. */
  readonly lines: number;
}

/** The ends of the logs of containers that failed. */
export interface LogTailsSource {
  /**
   * The tails of those that failed in a way that none before did; empty ones are asked for again,
   * as CloudWatch shows lines some seconds late. Never throws.
   *
   * @param stopped tasks found, or found further on, since the last call
   */
  read(stopped: readonly StoppedTask[]): Promise<readonly LogTail[]>;
}

/** A log that is to be read. */
interface Wanted {
  readonly taskArn: string;
  readonly container: string;
  readonly stream: LogStream;
  /** The local clock, in milliseconds. */
  readonly until: number;
}

/** Milliseconds for which an empty log is asked for again. */
const longestDelay = 20_000;
/** Milliseconds that one reading may take: the wait goes on without it. */
const patience = 3_000;
/** Logs of one rollout: after so many different failures another tells nothing new. */
const mostTails = 10;
/** Characters of one line. */
const longestLine = 2_000;

export function logTailsSource(
  { client, definition, lines }: LogReading,
  clock: Clock,
  signal: AbortSignal,
  tell: (message: string) => void,
): LogTailsSource {
  const asked = new Set<string>();
  const told = new Set<string>();
  let wanted: Wanted[] = [];
  const note = (container: string, why: string) => {
    if (!told.has(why)) tell(`no log of container ${container}: ${why}`);
    told.add(why);
  };

  const want = (task: StoppedTask) => {
    for (const container of failedContainers(task)) {
      const how = withoutIds(`${container.name} ${container.exitCode} ${task.reason}`);
      if (asked.has(how) || asked.size >= mostTails) continue;
      asked.add(how);
      const stream = logStream(definition, container, shortName(task.arn));
      const until = clock.now() + longestDelay;
      if (typeof stream === 'string') note(container.name, stream);
      else wanted.push({ taskArn: task.arn, container: container.name, stream, until });
    }
  };

  const readOne = async (one: Wanted): Promise<LogTail | 'later' | 'never'> => {
    const { taskArn, container, stream } = one;
    const overdue = clock.now() >= one.until;
    const [silence, answered] = [new AbortController(), new AbortController()];
    void clock.sleep(patience, answered.signal).then(() => silence.abort());
    try {
      const over = AbortSignal.any([signal, silence.signal]);
      const events = await newestEvents(await client(stream.region), stream, lines, over);
      const tail = events.slice(-lines).map(({ message }) => cut(message ?? ''));
      if (tail.length > 0) {
        return { taskArn, container, group: stream.group, stream: stream.name, lines: tail };
      }
      if (overdue) note(container, `${stream.group} has no line of it (${stream.name})`);
    } catch (error) {
      // A stream appears with its first line.
      const isMissing = error instanceof Error && error.name === 'ResourceNotFoundException';
      const mayAppear = isMissing && /log stream/i.test(error.message);
      if (mayAppear && !overdue) return 'later';
      const needs = awsErrorKind(error) === 'access-denied' ? ' (needs logs:GetLogEvents)' : '';
      const isSilent = error instanceof Error && error.name === 'AbortError';
      const words = isSilent ? `no answer within ${patience / 1000} s` : awsWords(error);
      note(container, `${stream.group} cannot be read${needs}: ${words}`);
      return 'never';
    } finally {
      answered.abort();
    }
    return overdue ? 'never' : 'later';
  };

  return {
    async read(stopped) {
      if (lines === 0) return [];
      // Only then are exit codes and logs complete.
      for (const task of stopped) if (task.lastStatus === 'STOPPED') want(task);
      const answers = await Promise.all(
        wanted.map(async (one) => [one, await readOne(one)] as const),
      );
      wanted = answers.filter(([, answer]) => answer === 'later').map(([one]) => one);
      return answers.flatMap(([, answer]) => (typeof answer === 'string' ? [] : [answer]));
    },
  };
}

/** Pages without an event that may stand before the newest one. */
const mostEmptyPages = 5;

/**
 * The newest events of a stream, oldest first. A page may be empty although older ones are not: the
 * end is where the token stays the same.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
async function newestEvents(
  client: CloudWatchLogsClient,
  { group, name }: LogStream,
  limit: number,
  abortSignal: AbortSignal,
): Promise<readonly OutputLogEvent[]> {
  const { GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  let token: string | undefined;
  for (let page = 0; page < mostEmptyPages; page++) {
    const answer = await client.send(
      new GetLogEventsCommand({
        logGroupName: group,
        logStreamName: name,
        limit,
        startFromHead: false,
        ...(token === undefined ? {} : { nextToken: token }),
      }),
      { abortSignal },
    );
    const { events = [], nextBackwardToken } = answer;
    if (events.length > 0 || nextBackwardToken === token) return events;
    token = nextBackwardToken;
  }
  return [];
}

const cut = (line: string) =>
  line.length > longestLine ? `${line.slice(0, longestLine)}…` : line.replace(/\s+$/, '');

type Container = StoppedTask['containers'][number];

/**
 * The containers whose logs may tell why a task stopped: those that ran and ended by themselves with
 * a failure; where ECS stopped the task for its health, all that ran. A side-car that ECS killed
 * (137, 143) after another container had ended is none.
 */
export function failedContainers(task: StoppedTask): readonly Container[] {
  if (task.stopCode === 'UserInitiated' || task.stopCode === 'SpotInterruption') return [];
  const ran = task.containers.filter(({ exitCode }) => exitCode !== undefined);
  if (/health checks/i.test(task.reason ?? '')) return ran;
  if (task.stopCode === 'ServiceSchedulerInitiated') return [];
  const byThemselves = ran.filter(
    ({ exitCode, reason }) =>
      exitCode !== 0 && (reason !== undefined || (exitCode !== 137 && exitCode !== 143)),
  );
  return byThemselves.length > 0 ? byThemselves : ran;
}

interface LogStream {
  readonly group: string;
  readonly name: string;
  readonly region: string | undefined;
}

/**
 * Where a container's log is, or why it is nowhere to be read.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
function logStream(
  definition: TaskDefinition,
  { name, runtimeId }: Container,
  taskId: string,
): LogStream | string {
  const container = definition.containerDefinitions?.find((one) => one.name === name);
  const { logDriver, options = {} } = container?.logConfiguration ?? {};
  if (logDriver === undefined) return 'it has no logConfiguration';
  if (logDriver !== 'awslogs') return `it goes to ${logDriver}, only awslogs can be read`;
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  const stream = prefix === undefined ? runtimeId : `${prefix}/${name}/${taskId}`;
  if (group === undefined || stream === undefined) return 'its awslogs options name no stream';
  return { group, name: stream, region: options['awslogs-region'] };
}
