import { type ECSClient, paginateListClusters, paginateListServices } from '@aws-sdk/client-ecs';
import leven from 'leven';
import { apiFindings } from './api-problem.ts';
import { parseArn, shortName } from './arn.ts';
import { type Aws, awsErrorKind, awsWords } from './aws.ts';
import { type Problem, RejectedError } from './errors.ts';
import { describeServices } from './rollout/describe.ts';
import type { Service } from './rollout/types.ts';

/**
 * The services that the inputs name, in their order. Refuses what ECS does not know, with the near
 * names that it does, and what this step cannot deploy to.
 *
 * @throws RejectedError with the problems of all services
 */
export async function lookUpServices(
  { ecs, region }: Aws,
  cluster: string,
  names: readonly string[],
): Promise<Service[]> {
  const mismatch = [cluster, ...names].map((one) => otherRegion(one, region)).find(Boolean);
  if (mismatch) throw new RejectedError([mismatch]);

  const place = `${region} of this account`;
  const found = await describeServices(ecs, cluster, names).catch(async (error: unknown) => {
    throw new RejectedError([await lookUpProblem(ecs, cluster, names, place, error)], {
      cause: error,
    });
  });
  const problems: Problem[] = [];
  const services: Service[] = [];
  for (const [index, name] of names.entries()) {
    const service = found[index];
    if (service && service.status !== 'INACTIVE') {
      services.push(service);
      const reason = whyNotDeployable(service);
      if (reason) problems.push({ input: 'service', message: reason });
    } else {
      problems.push(await missingService(ecs, cluster, name));
    }
  }
  if (problems.length > 0) throw new RejectedError(problems);
  return [...new Map(services.map((service) => [service.arn, service])).values()];
}

function otherRegion(name: string, region: string): Problem | undefined {
  const arn = parseArn(name);
  if (!arn || arn.region === region) return undefined;
  return {
    input: arn.resource.startsWith('cluster') ? 'cluster' : 'service',
    message: `${name} is in ${arn.region}, but this job works in ${region} (AWS_REGION).`,
  };
}

function whyNotDeployable(service: Service): string | undefined {
  if (service.status === 'DRAINING') return `${service.name} is being deleted (status DRAINING).`;
  switch (service.controller) {
    case 'ECS':
      return undefined;
    case 'CODE_DEPLOY':
      return (
        `${service.name} is deployed by AWS CodeDeploy (deployment controller CODE_DEPLOY), which ` +
        'refuses updates of its task definition from elsewhere. Move the service to the ECS ' +
        'controller (it has blue/green deployments of its own), or deploy with CodeDeploy.'
      );
    default:
      return (
        `${service.name} has the deployment controller ${service.controller}: its task sets are ` +
        'managed by another tool. Only services with the ECS controller can be deployed here.'
      );
  }
}

async function lookUpProblem(
  ecs: ECSClient,
  cluster: string,
  names: readonly string[],
  place: string,
  error: unknown,
): Promise<Problem> {
  const findings = apiFindings('DescribeServices', error);
  if (error instanceof Error && error.name === 'ClusterNotFoundException') {
    const near = await nearest(cluster, listClusters(ecs));
    const message = `There is no cluster "${cluster}" in ${place}. ${near}`;
    return { input: 'cluster', message, findings };
  }
  switch (awsErrorKind(error)) {
    case 'credentials':
      return {
        message: `AWS does not accept the credentials of this job: ${awsWords(error)}`,
        findings,
      };
    case 'access-denied':
      // A policy that names the service denies every other name: a typo looks like a missing right.
      return {
        input: 'service',
        message:
          `the role of this job may not look up ${names.join(', ')} in the cluster ${cluster} in ` +
          `${place}. Check both names and the region; if they are right, allow the role ` +
          `ecs:DescribeServices on the service. AWS says: ${awsWords(error)}`,
        findings,
      };
    default:
      return { message: `The service cannot be looked up: ${awsWords(error)}`, findings };
  }
}

async function missingService(ecs: ECSClient, cluster: string, name: string): Promise<Problem> {
  const near = await nearest(name, listServices(ecs, cluster));
  // ECS answers with a failure instead of an error here.
  const missing = { name: 'ServiceNotFoundException', message: 'MISSING' };
  return {
    input: 'service',
    message: `There is no active service "${name}" in the cluster "${shortName(cluster)}". ${near}`,
    findings: apiFindings('DescribeServices', Object.assign(new Error(), missing)),
  };
}

/** Enough for any cluster that a person would look through. */
const mostNames = 1_000;
const mostShown = 5;

/** A sentence that lists the names most like `wanted`, or says where to look. */
async function nearest(wanted: string, names: AsyncIterable<string>): Promise<string> {
  const all: string[] = [];
  try {
    for await (const name of names) if (all.push(name) >= mostNames) break;
  } catch {
    // Listing is a courtesy: without the permission the message does without it.
    return 'Check the name, the region and the account.';
  }
  if (all.length === 0) return 'There are none at all: check the region and the account.';
  const short = shortName(wanted).toLowerCase();
  const distance = (name: string) => {
    const other = name.toLowerCase();
    return other.includes(short) || short.includes(other) ? 0 : leven(short, other);
  };
  const near = all.toSorted((one, other) => distance(one) - distance(other)).slice(0, mostShown);
  return `There ${all.length === 1 ? 'is' : 'are'}: ${near.join(', ')}${all.length > mostShown ? `, and ${all.length - mostShown} more` : ''}.`;
}

async function* listClusters(client: ECSClient): AsyncGenerator<string> {
  for await (const page of paginateListClusters({ client }, {})) {
    yield* (page.clusterArns ?? []).map(shortName);
  }
}

async function* listServices(client: ECSClient, cluster: string): AsyncGenerator<string> {
  for await (const page of paginateListServices({ client }, { cluster, maxResults: 100 })) {
    yield* (page.serviceArns ?? []).map(shortName);
  }
}
