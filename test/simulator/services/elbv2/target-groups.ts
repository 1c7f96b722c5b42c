import { healthView } from '../../engine/health-reasons.ts';
import type { Task } from '../../engine/state.ts';
import { primaryOf } from '../../engine/state.ts';
import { liveGroup } from '../../engine/traffic.ts';
import { ApiError } from '../../errors.ts';
import type { HealthSpec, LoadBalancerSpec, TargetGroupSpec } from '../../resources.ts';
import type { Json } from '../../world.ts';
import { addressOf } from '../ecs/task-view.ts';
import type { Context } from '../room.ts';
import { isHere } from '../room.ts';
import { balancerArn, balancersOf, mayRead, paged, pick } from './find.ts';
import { taskHealth } from './health.ts';

/** The target groups of the world, and those that its services name. */
function targetGroupsOf(context: Context): TargetGroupSpec[] {
  const { world, services } = context.state;
  if (!isHere(context)) return [];
  const listed = world.targetGroups ?? [];
  const named = services
    .flatMap(({ parameters }) => parameters.loadBalancers)
    .flatMap(({ targetGroupArn, advancedConfiguration }) => [
      ...[targetGroupArn ?? []].flat(),
      ...[advancedConfiguration?.alternateTargetGroupArn ?? []].flat(),
    ]);
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
    ...healthCheckView(group),
    LoadBalancerArns: balancersBefore(context, group.arn).map((balancer) =>
      balancerArn(state, balancer),
    ),
    TargetType: group.targetType ?? 'ip',
    ...(isHttp(group.protocol) && { ProtocolVersion: group.protocolVersion ?? 'HTTP1' }),
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

const isHttp = (protocol = 'HTTP') => /^HTTPS?$/.test(protocol);

function healthCheckView(group: TargetGroupSpec): Json {
  const { healthCheck: check = {}, protocol: own = 'HTTP' } = group;
  const protocol = check.protocol ?? (isHttp(own) ? own : 'TCP');
  const isGrpc = group.protocolVersion === 'GRPC';
  const codes = isGrpc ? { GrpcCode: check.codes ?? '12' } : { HttpCode: check.codes ?? '200' };
  return {
    HealthCheckProtocol: protocol,
    HealthCheckPort: check.port ?? 'traffic-port',
    HealthCheckEnabled: check.enabled ?? true,
    HealthCheckIntervalSeconds: check.intervalSeconds ?? 30,
    HealthCheckTimeoutSeconds: check.timeoutSeconds ?? 5,
    HealthyThresholdCount: check.healthyThreshold ?? 5,
    UnhealthyThresholdCount: check.unhealthyThreshold ?? 2,
    ...(isHttp(protocol) && { HealthCheckPath: check.path ?? '/', Matcher: codes }),
  };
}

export function describeTargetHealth(input: Json, context: Context): Json {
  mayRead(context, 'DescribeTargetHealth');
  const group = targetGroupsOf(context).find(({ arn }) => arn === input.TargetGroupArn);
  if (group === undefined) {
    throw new ApiError('TargetGroupNotFound', 'One or more target groups not found');
  }
  const targets = [...tasksIn(group, context), ...othersIn(group, context)];
  if (!Array.isArray(input.Targets)) return { TargetHealthDescriptions: targets };
  const asked = input.Targets.map(({ Id, Port }: Json) => {
    const known = targets.find(
      ({ Target }) => Target.Id === Id && (Port === undefined || String(Target.Port) === Port),
    );
    const port = Port ?? group.port ?? 80;
    return known ?? target(group, String(Id), Number(port), { reason: 'Target.NotRegistered' });
  });
  return { TargetHealthDescriptions: asked };
}

function tasksIn(group: TargetGroupSpec, context: Context) {
  const { state, region } = context;
  return state.services.flatMap((service) =>
    service.parameters.loadBalancers
      .filter((balancer) => liveGroup(service, balancer) === group.arn)
      .flatMap(({ containerPort }) =>
        state.tasks
          .filter((task) => task.service === service.arn && isRegistered(task))
          .map((task) => {
            const own = service.deployments.find(({ id }) => id === task.deployment);
            const { timings } = own ?? primaryOf(service);
            const health = group.health ?? taskHealth(group, task, timings, context.at);
            const seen = isUsed(group, context) ? health : { reason: 'Target.NotInUse' };
            return target(group, addressOf(task), containerPort, seen, `${region}a`);
          }),
      ),
  );
}

function othersIn(group: TargetGroupSpec, context: Context) {
  return (group.targets ?? []).map(({ id, port, health = group.health ?? {} }) =>
    target(group, id, port, isUsed(group, context) ? health : { reason: 'Target.NotInUse' }),
  );
}

function target(
  { healthCheck }: TargetGroupSpec,
  Id: string,
  Port: number,
  health: HealthSpec,
  zone?: string,
) {
  const { port = 'traffic-port' } = healthCheck ?? {};
  return {
    Target: { Id, Port, ...(zone !== undefined && { AvailabilityZone: zone }) },
    HealthCheckPort: port === 'traffic-port' ? String(Port) : port,
    TargetHealth: healthView(health),
  };
}

/** A group that no load balancer forwards to is not in use. */
function isUsed({ arn }: TargetGroupSpec, context: Context): boolean {
  const { loadBalancers } = context.state.world;
  return loadBalancers === undefined || balancersBefore(context, arn).length > 0;
}

function isRegistered({ lastStatus, startedAt }: Task): boolean {
  return startedAt !== undefined && ['RUNNING', 'DEACTIVATING'].includes(lastStatus);
}
