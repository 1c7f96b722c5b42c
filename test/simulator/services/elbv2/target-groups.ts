import type { Service, Task } from '../../engine/state.ts';
import { forAttempt, primaryOf } from '../../engine/state.ts';
import { ApiError } from '../../errors.ts';
import type { LoadBalancerSpec, TargetGroupSpec } from '../../resources.ts';
import type { Json } from '../../world.ts';
import { addressOf } from '../ecs/views.ts';
import type { Context } from '../room.ts';
import { isHere } from '../room.ts';
import { balancerArn, balancersOf, mayRead, paged, pick } from './find.ts';

/** The target groups of the world, and those that its services name. */
function targetGroupsOf(context: Context): TargetGroupSpec[] {
  const { world, services } = context.state;
  if (!isHere(context)) return [];
  const listed = world.targetGroups ?? [];
  const named = services
    .flatMap(({ parameters }) => parameters.loadBalancers)
    .flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const others = [...new Set(named)].filter((arn) => !listed.some((group) => group.arn === arn));
  return [...listed, ...(world.targetGroups === undefined ? others.map((arn) => ({ arn })) : [])];
}

/** The load balancers whose listeners forward to a target group. */
function balancersBefore(context: Context, targetGroupArn: string): LoadBalancerSpec[] {
  return balancersOf(context).filter(({ listeners }) =>
    JSON.stringify(listeners).includes(`"${targetGroupArn}"`),
  );
}

export function describeTargetGroups(input: Json, context: Context): Json {
  mayRead(context, 'DescribeTargetGroups');
  const { state } = context;
  const missing = () => new ApiError('TargetGroupNotFound', 'One or more target groups not found');
  const nameOf = ({ arn }: TargetGroupSpec) => arn.split('/')[1] ?? '';
  const known = targetGroupsOf(context);
  const byArn = pick(known, input.TargetGroupArns, ({ arn }) => arn, missing);
  const groups = pick(byArn, input.Names, nameOf, missing).map((group) => ({
    TargetGroupArn: group.arn,
    TargetGroupName: nameOf(group),
    Protocol: group.protocol ?? 'HTTP',
    Port: group.port ?? 80,
    VpcId: 'vpc-0a1b2c3d4e5f60004',
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
    HealthCheckPath: group.healthCheckPath ?? '/',
    Matcher: { HttpCode: '200' },
    LoadBalancerArns: balancersBefore(context, group.arn).map((balancer) =>
      balancerArn(state, balancer),
    ),
    TargetType: group.targetType ?? 'ip',
    ProtocolVersion: 'HTTP1',
    IpAddressType: 'ipv4',
  }));
  const { LoadBalancerArn: balancer } = input;
  return paged(
    'TargetGroups',
    groups.filter(
      ({ LoadBalancerArns }) =>
        balancer === undefined || LoadBalancerArns.includes(String(balancer)),
    ),
    input,
  );
}

export function describeTargetHealth(input: Json, context: Context): Json {
  mayRead(context, 'DescribeTargetHealth');
  const arn = String(input.TargetGroupArn);
  if (!targetGroupsOf(context).some((group) => group.arn === arn)) {
    throw new ApiError('TargetGroupNotFound', 'One or more target groups not found');
  }
  const { state } = context;
  const used = state.world.loadBalancers === undefined || balancersBefore(context, arn).length > 0;
  const targets = state.services.flatMap((service) =>
    service.parameters.loadBalancers
      .filter(({ targetGroupArn }) => targetGroupArn === arn)
      .flatMap(({ containerPort }) =>
        state.tasks
          .filter((task) => task.service === service.arn && isRegistered(task))
          .map((task) => ({
            Target: {
              Id: addressOf(task),
              Port: containerPort,
              AvailabilityZone: `${context.region}a`,
            },
            HealthCheckPort: String(containerPort),
            TargetHealth: used ? healthOf(service, task, context.at) : notInUse,
          })),
      ),
  );
  return { TargetHealthDescriptions: targets };
}

function isRegistered({ lastStatus, startedAt }: Task): boolean {
  return startedAt !== undefined && ['RUNNING', 'DEACTIVATING'].includes(lastStatus);
}

const notInUse = {
  State: 'unused',
  Reason: 'Target.NotInUse',
  Description: 'Target group is not configured to receive traffic from the load balancer',
};

/** Two failed checks, 30 seconds apart, make a target unhealthy. */
const unhealthyAfter = 35_000;

function healthOf(service: Service, task: Task, at: number): Json {
  if (task.lastStatus === 'DEACTIVATING') {
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    };
  }
  if (task.healthy) return { State: 'healthy' };
  const { timings } =
    service.deployments.find(({ id }) => id === task.deployment) ?? primaryOf(service);
  const checkedFor = at - (task.startedAt ?? at);
  const enough = Math.min(unhealthyAfter, forAttempt(timings.unhealthy, 0) * 500);
  if (task.fate.kind !== 'elb-unhealthy' || checkedFor < enough) {
    return {
      State: 'initial',
      Reason: 'Elb.InitialHealthChecking',
      Description: 'Initial health checks in progress',
    };
  }
  const { reason } = task.fate;
  return { State: 'unhealthy', Reason: reasonCode(reason), Description: reason };
}

function reasonCode(description: string): string {
  if (description.includes('with these codes')) return 'Target.ResponseCodeMismatch';
  return description === 'Request timed out' ? 'Target.Timeout' : 'Target.FailedHealthChecks';
}
