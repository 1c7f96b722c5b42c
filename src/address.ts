import type { LoadBalancer } from '@aws-sdk/client-ecs';
import { shortName } from './arn.ts';
import type { Aws } from './aws.ts';
import type { Clock } from './clock.ts';
import type { Context, ServiceFacts, TargetGroupFacts } from './diagnosis/types.ts';
import { checkUrl, resolveCheckUrl } from './endpoint/check-url.ts';
import { findEndpoint } from './endpoint/find.ts';
import type { Endpoint, TargetGroup } from './endpoint/types.ts';
import { urlFinding } from './endpoint/url-finding.ts';
import type { Problem } from './errors.ts';
import type { Inputs } from './inputs.ts';
import { urlAnswered, urlDoesNotAnswer, urlNotAwaited } from './report/endings.ts';
import { findingLines } from './report/finding-lines.ts';
import type { Log } from './report/log.ts';
import type { Result } from './result.ts';
import type { Service } from './rollout/types.ts';

/** Where one service answers: looked for beside everything else. */
export interface Address {
  /** The endpoint; the input `url` stands for what is found. Never rejects. */
  found(): Promise<Endpoint>;
  /** What a diagnosis knows, with the health checks as far as they are known when it asks. */
  context(context: Context): Context;
}

interface AddressContext {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** @param tell is given the endpoint once it is found */
export function lookForAddress(
  service: Service,
  { url, serviceOverrides }: Inputs,
  { aws, clock, signal }: AddressContext,
  tell: (endpoint: Endpoint) => void,
): Address {
  let known: Endpoint = { url, notes: [], targetGroups: [] };
  const search = findEndpoint(aws, service, { clock, signal }).then((endpoint) => {
    known = url === '' ? endpoint : { ...endpoint, url, notes: [] };
    tell(known);
    return known;
  });
  return {
    found: () => search,
    context: (context) => {
      const settings: Settings = { ...service.settings, ...serviceOverrides };
      return {
        ...context,
        service: serviceFacts(service, settings),
        targetGroups: () => known.targetGroups.map((group) => groupFacts(group, settings)),
      };
    },
  };
}

/** The service's settings as they are once it is updated. */
interface Settings {
  readonly healthCheckGracePeriodSeconds?: number;
  readonly loadBalancers?: readonly LoadBalancer[];
}

function serviceFacts({ name, clusterArn }: Service, settings: Settings): ServiceFacts {
  const { healthCheckGracePeriodSeconds: gracePeriod = 0 } = settings;
  return { name, cluster: shortName(clusterArn), gracePeriod };
}

function groupFacts(group: TargetGroup, { loadBalancers = [] }: Settings): TargetGroupFacts {
  const behind = loadBalancers.find(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].includes(group.arn),
  );
  // A container instance may have given the container another port.
  const port = group.targetType === 'ip' ? behind?.containerPort : undefined;
  return { ...group, container: behind?.containerName, port };
}

/** Why `check-url` cannot be asked; undefined where it can, or is not wanted. */
export function checkUrlProblem(
  { checkUrl: wanted }: Inputs,
  { url, notes }: Endpoint,
): Problem | undefined {
  if (wanted === '') return undefined;
  try {
    resolveCheckUrl(wanted, url);
    return undefined;
  } catch (error) {
    const why = notes.length > 0 ? ` (${notes.join('; ')})` : '';
    const message = (error as Error).message.replace(/\.$/, `${why}.`);
    return { input: 'check-url', message };
  }
}

interface AnswersContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly address: Address;
}

/** Asks the address that must answer after a rollout, if one is named, and judges the result by it. */
export async function answers(
  result: Result,
  { checkUrl: wanted, checkUrlTimeout: limit }: Inputs,
  { clock, signal, log, address }: AnswersContext,
): Promise<Result> {
  if (wanted === '') return result;
  const { url: base } = await address.found();
  const url = resolveCheckUrl(wanted, base);
  log.info(`asking ${url}`);
  const check = await checkUrl(url, { clock, signal, limit });
  if (check.kind === 'answered') {
    return { ...result, summary: [...result.summary, urlAnswered(url, check.status)] };
  }
  if (check.kind === 'cancelled') {
    return { ...result, status: 'cancelled', summary: urlNotAwaited(result, url) };
  }
  const finding = urlFinding(url, check);
  for (const line of findingLines(finding)) log.info(line);
  return {
    ...result,
    status: 'failed',
    summary: urlDoesNotAnswer(result, finding.summary),
    diagnosis: [finding],
  };
}
