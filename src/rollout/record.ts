import type { ECSClient } from '@aws-sdk/client-ecs';
import type { Clock } from '../clock.ts';
import { ownDeployment } from './deployments.ts';
import { describeServiceDeployment, listServiceDeployments } from './describe.ts';
import { isStaged } from './judge.ts';
import { optionalSource } from './optional-source.ts';
import type { Attempt, Service, ServiceDeployment, ServiceDeploymentBrief } from './types.ts';

/** The ServiceDeployment that is the record of one deployment, as far as it can be read. */
export interface RecordSource {
  /** Whether it may be read now; where it may not, `deployments[]` must do. */
  isOpen(): boolean;
  /** The newest reading. `service` is the newest answer of DescribeServices. */
  read(service: Service): Promise<ServiceDeployment | undefined>;
}

/** How often it is looked for in the list: it may appear a moment late. */
const mostSearches = 10;

/** @param spend is told of each call before it is made */
export function recordSource(
  attempt: Attempt,
  { ecs, clock, signal }: { ecs: ECSClient; clock: Clock; signal: AbortSignal },
  spend: (calls: number) => void,
  tell: (message: string) => void,
): RecordSource {
  const source = optionalSource('ServiceDeployments', clock, tell);
  const foreign = new Set<string>();
  let arn: string | undefined;
  let newest: ServiceDeployment | undefined;
  let searches = 0;
  // What goes on with a standing deployment has no record; the one of its own past would mislead.
  if (attempt.origin === 'standing') source.close();

  const find = async (service: Service): Promise<string | undefined> => {
    const named = namedByService(attempt, service);
    if (named !== undefined && !foreign.has(named)) return named;
    if (searches++ >= mostSearches) throw new Error('none is listed for this deployment');
    spend(1);
    const listed = await listServiceDeployments(ecs, attempt, signal);
    return matchRecord(
      listed.filter((one) => !foreign.has(one.arn)),
      attempt,
    );
  };
  return {
    isOpen: source.isOpen,
    async read(service) {
      await source.read(async () => {
        const named = namedByService(attempt, service);
        if (!newest?.isCertain && named !== undefined && !foreign.has(named)) arn = named;
        arn ??= await find(service);
        if (arn === undefined) return;
        spend(1);
        const described = await describeServiceDeployment(ecs, arn, signal);
        if (described && belongs(described, attempt) === 'no') {
          foreign.add(arn);
          arn = undefined;
          newest = undefined;
        } else {
          newest = described && {
            ...described,
            isCertain: belongs(described, attempt) === 'surely',
          };
        }
      });
      // A reading that cannot be renewed would hold the verdict up, unless nothing else can give it.
      if (!source.isOpen() && !(newest && isStaged(newest))) newest = undefined;
      return newest;
    },
  };
}

/**
 * While this deployment is PRIMARY, the service's own `currentServiceDeployment` is its record,
 * unless it is still the one from before the update. Spares ListServiceDeployments.
 */
function namedByService(attempt: Attempt, service: Service): string | undefined {
  if (attempt.origin !== 'started') return undefined;
  if (ownDeployment(attempt, service)?.status !== 'PRIMARY') return undefined;
  const arn = service.serviceDeploymentArn;
  return arn === attempt.knownServiceDeployment ? undefined : arn;
}

/** Deployment and record are made by one call: this far before and after, in milliseconds. */
const sameCall = { before: 2_000, after: 10_000 } as const;

/**
 * UpdateService does not name the record that it made (aws/containers-roadmap#2709). Its target
 * service revision ends in the deployment's own number where AWS numbers them alike, which is
 * certain; otherwise it was made at the same moment, which is only likely.
 */
export function belongs(
  { revisionNumber, createdAt }: Pick<ServiceDeploymentBrief, 'revisionNumber' | 'createdAt'>,
  { deploymentId, knownDeploymentIds, createdAt: madeAt }: Attempt,
): 'surely' | 'likely' | 'no' {
  const id = `ecs-svc/${revisionNumber}`;
  if (id === deploymentId) return 'surely';
  if (knownDeploymentIds.includes(id)) return 'no';
  if (createdAt === 0 || madeAt === 0) return 'likely';
  const distance = createdAt - madeAt;
  return distance >= -sameCall.before && distance <= sameCall.after ? 'likely' : 'no';
}

/** The ARN of the one that belongs to `attempt`; none where more than one may. */
export function matchRecord(
  listed: readonly ServiceDeploymentBrief[],
  attempt: Attempt,
): string | undefined {
  const exact = listed.find((one) => belongs(one, attempt) === 'surely');
  if (exact) return exact.arn;
  // Where others bear their deployment's number, so will this one's: it is only not listed yet.
  const numbered = listed.some(({ revisionNumber }) =>
    attempt.knownDeploymentIds.includes(`ecs-svc/${revisionNumber}`),
  );
  if (numbered) return undefined;
  const [only, ...others] = listed.filter(
    (one) =>
      belongs(one, attempt) === 'likely' &&
      (attempt.origin !== 'started' || one.arn !== attempt.knownServiceDeployment),
  );
  // Someone else's success must not be taken for this deployment's.
  return others.length === 0 ? only?.arn : undefined;
}
