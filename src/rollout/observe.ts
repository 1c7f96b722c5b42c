import type { ECSClient } from '@aws-sdk/client-ecs';
import { type AwsErrorKind, awsErrorKind, awsWords } from '../aws.ts';
import type { Clock } from '../clock.ts';
import { createCadence } from './cadence.ts';
import {
  describeServiceDeployment,
  describeServices,
  describeStoppedTasks,
  findServiceDeployment,
} from './describe.ts';
import { ownDeployment } from './state.ts';
import type { Attempt, Observation, Service, ServiceDeployment, StoppedTask } from './types.ts';

/** How often a failed task is looked for: it is counted a moment before it has stopped. */
const looksPerFailure = 3;

export interface ObserveOptions {
  /** A client that makes one request a call. */
  readonly ecs: ECSClient;
  readonly clock: Clock;
  /** Aborted when the job is cancelled: the iteration ends. */
  readonly signal: AbortSignal;
  /** Milliseconds between polls; undefined is adaptive. */
  readonly pollInterval: number | undefined;
  /** When the caller stops waiting, on the local clock: no pause lasts longer. */
  readonly deadline: number;
}

/** How long DescribeServices may go unanswered (throttling aside) before the wait is given up. */
const patience = 180_000;
/** How often a source that the verdict can do without may fail before it is left alone. */
const optionalTries = 3;
/** How often the ServiceDeployment is looked for in the list: it may appear a moment late. */
const mostSearches = 10;

/**
 * Polls one deployment until the caller stops asking. Each poll reads DescribeServices or the
 * ServiceDeployment in turn, and both as soon as one of them shows a change: half the calls for
 * the same lag. Ends by itself only after a `lost` observation or when `signal` is aborted.
 */
export async function* observe(
  attempt: Attempt,
  { ecs, clock, signal, pollInterval, deadline }: ObserveOptions,
): AsyncGenerator<Observation, void, void> {
  const cadence = createCadence(clock, pollInterval);
  const onThrottle = () => {
    throttled = true;
  };
  const record = optionalSource('ServiceDeployments', onThrottle);
  const tasks = optionalSource('stopped tasks', onThrottle);
  const knownTasks = new Set<string>();
  let arn: string | undefined;
  let service: Service | undefined;
  let serviceDeployment: ServiceDeployment | undefined;
  let failures = 0;
  let missing = 0;
  let looks = 0;
  let unansweredSince: number | undefined;
  let servicesTurn = true;
  let searches = 0;
  let throttled = false;

  const readServices = async () => {
    cadence.spend(1);
    [service] = await describeServices(ecs, attempt.clusterArn, [attempt.serviceArn], signal);
  };
  const readServiceDeployment = async () => {
    const answer = await record.read(async () => {
      if (arn === undefined) {
        arn = namedByService(attempt, service);
        if (arn === undefined) {
          if (searches++ >= mostSearches) throw new Error('none is listed for this deployment');
          cadence.spend(1);
          arn = await findServiceDeployment(ecs, attempt, signal);
        }
        if (arn === undefined) return;
      }
      cadence.spend(1);
      serviceDeployment = await describeServiceDeployment(ecs, arn, signal);
    });
    if (record.closed) serviceDeployment = undefined;
    return answer;
  };
  const readStoppedTasks = () =>
    tasks.read(async () => {
      cadence.spend(2);
      const stopped = await describeStoppedTasks(ecs, attempt, knownTasks, signal);
      for (const task of stopped) knownTasks.add(task.arn);
      return stopped;
    });
  const picture = () =>
    JSON.stringify([service && { ...service, settings: null }, serviceDeployment]);

  const pause = () =>
    clock.sleep(Math.max(0, Math.min(cadence.pause(), deadline - clock.now())), signal);

  while (!signal.aborted) {
    const before = picture();
    throttled = false;
    try {
      const both = pollInterval !== undefined || record.closed;
      if (servicesTurn || both) await readServices();
      if (!servicesTurn || both) yield* notices(await readServiceDeployment(), clock);
      if (!both && picture() !== before) {
        if (servicesTurn) yield* notices(await readServiceDeployment(), clock);
        else await readServices();
      }
      unansweredSince = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const kind = awsErrorKind(error);
      const words = awsWords(error);
      unansweredSince ??= clock.now();
      if (kind === 'throttled') cadence.throttled();
      else if (endsTheWait(kind) || clock.now() - unansweredSince >= patience) {
        yield { kind: 'lost', at: clock.now(), message: `${words}.${remedies[kind] ?? ''}` };
        return;
      }
      yield { kind: 'notice', at: clock.now(), message: `${words} (asking again)` };
      await pause();
      continue;
    }
    servicesTurn = !servicesTurn;
    if (picture() !== before) cadence.changed();

    let stoppedTasks: readonly StoppedTask[] = [];
    const failuresNow = failureCount(attempt, service, serviceDeployment);
    if (failuresNow > failures) {
      missing += failuresNow - failures;
      looks = looksPerFailure;
    }
    failures = failuresNow;
    if (missing > 0 && looks > 0) {
      const found = await readStoppedTasks();
      yield* notices(found, clock);
      stoppedTasks = found?.value ?? [];
      missing = Math.max(0, missing - stoppedTasks.length);
      looks -= 1;
    }
    if (signal.aborted) return;
    if (throttled) cadence.throttled();
    else cadence.recovered();
    yield { kind: 'seen', at: clock.now(), service, serviceDeployment, stoppedTasks };
    await pause();
  }
}

const remedies: Partial<Readonly<Record<AwsErrorKind, string>>> = {
  'access-denied': ' Allow it to the role of this job.',
  credentials:
    ' Let the credentials live as long as `timeout`: role-duration-seconds of configure-aws-credentials.',
};

const endsTheWait = (kind: AwsErrorKind) =>
  kind === 'access-denied' || kind === 'credentials' || kind === 'invalid';

/**
 * While this deployment is PRIMARY, the service's own `currentServiceDeployment` is its record,
 * unless it is still the one from before the update. Spares ListServiceDeployments.
 */
function namedByService(attempt: Attempt, service: Service | undefined): string | undefined {
  if (!service || ownDeployment(attempt, service)?.status !== 'PRIMARY') return undefined;
  const arn = service.serviceDeploymentArn;
  return attempt.isNew && arn === attempt.knownServiceDeployment ? undefined : arn;
}

/** How many tasks of this deployment have failed; AWS may set it back to 0. */
function failureCount(
  attempt: Attempt,
  service: Service | undefined,
  serviceDeployment: ServiceDeployment | undefined,
): number {
  const own = service && ownDeployment(attempt, service);
  return Math.max(own?.failed ?? 0, serviceDeployment?.breaker?.failures ?? 0);
}

interface OptionalAnswer<T> {
  readonly value?: T | undefined;
  /** Why it could not be read, told once, when it is given up. */
  readonly notice?: string;
}

/**
 * A source that only adds to the picture: where it is denied or not there it is told once and left
 * alone, and other errors are tried again a few times.
 */
function optionalSource(name: string, throttled: () => void) {
  let tries = 0;
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    async read<T>(ask: () => Promise<T>): Promise<OptionalAnswer<T> | undefined> {
      if (closed) return undefined;
      try {
        const value = await ask();
        tries = 0;
        return { value };
      } catch (error) {
        const kind = awsErrorKind(error);
        if (kind === 'throttled') {
          throttled();
          return undefined;
        }
        tries += 1;
        closed = kind !== 'transient' || tries >= optionalTries;
        return closed
          ? { notice: `${name} cannot be read (${awsWords(error)}); going by the service itself` }
          : undefined;
      }
    },
  };
}

function* notices(
  answer: OptionalAnswer<unknown> | undefined,
  clock: Clock,
): Generator<Observation, void, void> {
  if (answer?.notice) yield { kind: 'notice', at: clock.now(), message: answer.notice };
}
