import type { ECSClient } from '@aws-sdk/client-ecs';
import { type AwsErrorKind, awsErrorKind, awsWords } from '../aws.ts';
import type { Clock } from '../clock.ts';
import { createCadence } from './cadence.ts';
import { ownDeployment, primaryOf } from './deployments.ts';
import { describeServices } from './describe.ts';
import { hasEnded } from './judge.ts';
import { type LogReading, logTailsSource } from './log-tails.ts';
import { recordSource } from './record.ts';
import { stoppedTasksSource } from './stopped-tasks.ts';
import type { TargetsSource } from './targets.ts';
import type { Attempt, Observation, Service, ServiceDeployment } from './types.ts';

export interface ObserveOptions {
  /** A client that makes one request a call. */
  readonly ecs: ECSClient;
  readonly clock: Clock;
  /** Aborted when the job is cancelled: the iteration ends. */
  readonly signal: AbortSignal;
  /** Milliseconds between polls; undefined is adaptive. */
  readonly pollInterval: number | undefined;
  /** Where the logs of failed containers are read from. */
  readonly logs: LogReading;
  readonly targets: Pick<TargetsSource, 'look' | 'take'>;
  /** When the caller stops waiting, on the local clock in milliseconds: no pause lasts longer. */
  readonly deadline: number;
}

/** How long, in milliseconds, DescribeServices may fail (throttling aside) before it is given up. */
const patience = 180_000;

/** No pause goes by without an observation for longer, in milliseconds: the log shows signs of life. */
const longestSilence = 15_000;

/** What the two sources have shown so far. */
interface Picture {
  readonly service: Service | undefined;
  readonly record: ServiceDeployment | undefined;
}

/**
 * Polls one deployment until the caller stops asking. Each poll reads DescribeServices or, now and
 * then, the ServiceDeployment, and both as soon as one of them shows that the rollout has turned: half
 * the calls for the same lag. Ends by itself only after a `lost` observation or when `signal` is
 * aborted.
 *
 * @param answered the service as UpdateService answered it
 */
export async function* observe(
  attempt: Attempt,
  answered: Service,
  options: ObserveOptions,
): AsyncGenerator<Observation, void, void> {
  const { ecs, clock, signal, pollInterval, deadline } = options;
  const cadence = createCadence(clock, pollInterval);
  const notices: string[] = [];
  const tell = (message: string) => void notices.push(message);
  const records = recordSource(attempt, options, cadence.spend, tell);
  const everyPoll = pollInterval !== undefined;
  const tasks = stoppedTasksSource(attempt, options, everyPoll, cadence.spend, tell);
  const logTails = logTailsSource(options.logs, clock, signal, tell);
  async function* pause(): AsyncGenerator<Observation, void, void> {
    const until = Math.min(clock.now() + cadence.pause(), deadline);
    for (let left = until - clock.now(); left > 0; left = until - clock.now()) {
      await clock.sleep(Math.min(left, longestSilence), signal);
      if (signal.aborted) return;
      if (clock.now() < until) yield { kind: 'tick', at: clock.now() };
    }
  }

  let service: Service | undefined = answered;
  let record: ServiceDeployment | undefined;
  let known: Service = answered;
  let unansweredSince: number | undefined;
  let sinceRecord = recordEvery - 1;
  /** Whether this poll has read anything, and whether the service was among it. */
  let fresh = false;
  let isServiceFresh = false;

  const readService = async () => {
    cadence.spend(1);
    [service] = await describeServices(ecs, attempt.clusterArn, [attempt.serviceArn], signal);
    known = service ?? known;
    unansweredSince = undefined;
    fresh = true;
    isServiceFresh = true;
    cadence.recovered();
  };
  const readRecord = async () => {
    record = await records.read(known);
    fresh ||= record !== undefined;
  };

  while (!signal.aborted) {
    const before: Picture = { service, record };
    const source =
      !records.isOpen() || pollInterval !== undefined
        ? 'service'
        : choose(attempt, before, sinceRecord);
    sinceRecord = source === 'record' ? 0 : sinceRecord + 1;
    fresh = false;
    isServiceFresh = false;
    try {
      if (source === 'service') {
        await readService();
        if (pollInterval !== undefined || turned(attempt, before, { service, record })) {
          await readRecord();
          if (hasEnded(record) && !hasEnded(before.record)) {
            // The counts were read a moment before the end, and perhaps it was another's end.
            const { serviceDeploymentArn } = known;
            await readService();
            if (known.serviceDeploymentArn !== serviceDeploymentArn) await readRecord();
          }
        }
      } else {
        await readRecord();
        if (turned(attempt, before, { service, record })) await readService();
      }
    } catch (error) {
      if (signal.aborted) return;
      sinceRecord = recordEvery;
      const kind = awsErrorKind(error);
      const words = awsWords(error);
      if (kind === 'throttled') {
        cadence.throttled();
      } else {
        unansweredSince ??= clock.now();
        const isOver = clock.now() - unansweredSince >= patience;
        if (remedies[kind] !== undefined || isOver) {
          yield { kind: 'lost', at: clock.now(), message: `${words}.${remedies[kind] ?? ''}` };
          return;
        }
      }
      tell(`${words} (asking again)`);
    }
    if (looks(before) !== looks({ service, record })) cadence.changed();
    // Tasks that are found are told once: only where they can be.
    const stoppedTasks = fresh ? await tasks.read(known, record, isServiceFresh) : [];
    for (const message of notices.splice(0)) yield { kind: 'notice', at: clock.now(), message };
    if (signal.aborted) return;
    if (fresh)
      yield { kind: 'seen', at: clock.now(), service, serviceDeployment: record, stoppedTasks };
    const sighting = options.targets.take();
    if (sighting) yield { kind: 'targets', at: clock.now(), ...sighting };
    options.targets.look();
    const tails = await logTails.read(stoppedTasks);
    for (const message of notices.splice(0)) yield { kind: 'notice', at: clock.now(), message };
    if (tails.length > 0 || stoppedTasks.length > 0) {
      yield { kind: 'logs', at: clock.now(), tails };
    }
    yield* pause();
  }
}

/**
 * After so many readings of the service the record is read once while nothing turns: the service
 * tells more, unless it does not answer.
 */
const recordEvery = 3;

/** Which source to ask: once one has come to its end, the other. */
function choose(
  attempt: Attempt,
  { service, record }: Picture,
  sinceRecord: number,
): 'service' | 'record' {
  const own = service && ownDeployment(attempt, service);
  const listingEnded = own?.status === 'PRIMARY' && own.rolloutState === 'COMPLETED';
  if (hasEnded(record) !== listingEnded) return listingEnded ? 'record' : 'service';
  return sinceRecord >= recordEvery ? 'record' : 'service';
}

/** Whether the rollout has turned: what the other source says of it is wanted at once. */
function turned(attempt: Attempt, before: Picture, now: Picture): boolean {
  const turn = ({ service, record }: Picture) => {
    const own = service && ownDeployment(attempt, service);
    const primary = service && primaryOf(service);
    return [
      service?.status,
      service?.serviceDeploymentArn,
      ...[own?.status, own?.rolloutState],
      ...[primary?.id, primary?.rolloutState],
      record?.status,
    ].join();
  };
  return turn(before) !== turn(now);
}

/** Changes with whatever a person would want to see. */
function looks({ service, record }: Picture): string {
  return JSON.stringify([service && { ...service, settings: null }, record]);
}

/** Errors that do not heal by asking again end the wait at once; this is what heals them. */
const remedies: Partial<Readonly<Record<AwsErrorKind, string>>> = {
  'access-denied': ' Allow it to the role of this job.',
  credentials:
    ' Let the credentials live as long as `timeout`: role-duration-seconds of configure-aws-credentials.',
};
