import { requestRollback } from '../../engine/interventions.ts';
import { ApiError, invalidParameter } from '../../errors.ts';
import { authorize } from '../../permissions.ts';
import type { Json } from '../../world.ts';
import type { Context, Operation } from '../room.ts';
import { clusterName, enterCluster, findService, lastPart, page, strings } from './find.ts';
import { revisionView } from './revision-view.ts';
import { briefView, serviceDeploymentView, time } from './views.ts';

const list: Operation = (input, context) => {
  const { state, at } = context;
  const name = lastPart(String(input.service));
  const resource = `service/${clusterName(input)}/${name}`;
  const cluster = enterCluster(input, context, 'ListServiceDeployments', resource);
  const service = findService(state, cluster, String(input.service), at);
  if (service === undefined || service.status === 'INACTIVE') {
    throw new ApiError('ServiceNotFoundException', 'Service not found.');
  }
  const statuses = strings(input.status);
  const { after = -Infinity, before = Infinity } = (input.createdAt ?? {}) as {
    after?: number;
    before?: number;
  };
  const matching = state.serviceDeployments
    .filter((one) => one.service === name && one.cluster === cluster)
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
    .filter(({ createdAt }) => time(createdAt) >= after && time(createdAt) <= before)
    .toReversed();
  const { items, next } = page(matching, input, 20);
  return { serviceDeployments: items.map((one) => briefView(state, one)), ...next };
};

const describe: Operation = (input, context) => {
  const { state } = context;
  const [found, failures] = pick(
    input.serviceDeploymentArns,
    'DescribeServiceDeployments',
    state.serviceDeployments.filter(stillThere(context)),
    context,
  );
  return { serviceDeployments: found.map((one) => serviceDeploymentView(state, one)), failures };
};

const describeRevisions: Operation = (input, context) => {
  const { state } = context;
  const [found, failures] = pick(
    input.serviceRevisionArns,
    'DescribeServiceRevisions',
    state.serviceRevisions.filter(stillThere(context)),
    context,
  );
  return { serviceRevisions: found.map((one) => revisionView(state, one)), failures };
};

/** The history of a service goes with the service. */
function stillThere({ state }: Context) {
  return (one: { service: string; cluster: string }) =>
    state.services.some(
      ({ name, cluster, status }) =>
        name === one.service && cluster === one.cluster && status !== 'INACTIVE',
    );
}

function pick<T extends { arn: string }>(
  value: unknown,
  action: string,
  known: T[],
  { caller }: Context,
): [T[], Json[]] {
  const arns = strings(value);
  for (const arn of arns) authorize(caller, `ecs:${action}`, arn);
  // No capture of this text is known.
  if (arns.length > 20) throw invalidParameter('No more than 20 ARNs may be given.');
  const missing = arns.filter((arn) => !known.some((one) => one.arn === arn));
  return [
    arns.flatMap((arn) => known.find((one) => one.arn === arn) ?? []),
    missing.map((arn) => ({ arn, reason: 'MISSING' })),
  ];
}

const stop: Operation = (input, { state, caller, at }) => {
  const arn = String(input.serviceDeploymentArn);
  authorize(caller, 'ecs:StopServiceDeployment', arn);
  const subject = state.serviceDeployments.find((one) => one.arn === arn);
  if (subject === undefined) {
    throw new ApiError(
      'ServiceDeploymentNotFoundException',
      'The service deployment does not exist.',
    );
  }
  if (input.stopType !== undefined && input.stopType !== 'ROLLBACK') {
    throw invalidParameter('The stopType must be ROLLBACK.');
  }
  if (!requestRollback(state, subject, at)) {
    // No capture of this text is known; ContinueServiceDeployment's is like it.
    throw new ApiError(
      'ConflictException',
      'Stopping a service deployment is not allowed for service deployment in terminal states.',
    );
  }
  return { serviceDeploymentArn: arn };
};

export const serviceDeploymentOperations = {
  ListServiceDeployments: list,
  DescribeServiceDeployments: describe,
  DescribeServiceRevisions: describeRevisions,
  StopServiceDeployment: stop,
};
