import type { Context, Finding } from '../../src/diagnosis/types.ts';
import { advance } from '../../src/rollout/advance.ts';
import { initialState, type RolloutState } from '../../src/rollout/state.ts';
import type {
  Attempt,
  Deployment,
  Observation,
  Service,
  ServiceDeployment,
  StoppedTask,
  Target,
} from '../../src/rollout/types.ts';
import type { TaskDefinition } from '../../src/task-definition/types.ts';

/** Ids of the deployments in the tests: the one before, the followed one, and a newer one. */
export const before = 'ecs-svc/1111111111111111111';
export const own = 'ecs-svc/2222222222222222222';
export const newer = 'ecs-svc/3333333333333333333';

export const start = Date.UTC(2026, 0, 1);
export const arn = (name: string) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;

export const attempt = (overrides: Partial<Attempt> = {}): Attempt => ({
  service: 'web',
  serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web',
  clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
  deploymentId: own,
  origin: 'started',
  taskDefinition: arn('web:8'),
  previousTaskDefinition: arn('web:7'),
  knownDeploymentIds: [before],
  canRollBack: true,
  knownServiceDeployment: undefined,
  knownEventIds: [],
  createdAt: start,
  ...overrides,
});

export const deployment = (overrides: Partial<Deployment> = {}): Deployment => ({
  id: own,
  status: 'PRIMARY',
  taskDefinition: arn('web:8'),
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: undefined,
  desired: 2,
  pending: 0,
  running: 0,
  failed: 0,
  createdAt: start,
  ...overrides,
});

/** The deployment from before, with its tasks. */
export const old = (overrides: Partial<Deployment> = {}): Deployment =>
  deployment({
    id: before,
    status: 'ACTIVE',
    taskDefinition: arn('web:7'),
    rolloutState: 'COMPLETED',
    running: 2,
    createdAt: start - 86_400_000,
    ...overrides,
  });

export const service = (overrides: Partial<Service> = {}): Service => ({
  name: 'web',
  arn: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web',
  clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
  status: 'ACTIVE',
  taskDefinition: arn('web:8'),
  controller: 'ECS',
  breaker: { enable: true, rollback: true },
  alarmRollback: false,
  launchesOnFargate: true,
  targetGroups: [],
  loadBalancers: [],
  deployments: [deployment(), old()],
  events: [],
  serviceDeploymentArn: undefined,
  settings: {},
  ...overrides,
});

export const serviceDeployment = (
  overrides: Partial<ServiceDeployment> = {},
): ServiceDeployment => ({
  arn: 'arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/NCWGC2ZR-taawPAYrIaU5',
  createdAt: start,
  revisionNumber: undefined,
  isCertain: false,
  status: 'IN_PROGRESS',
  statusReason: undefined,
  lifecycleStage: undefined,
  strategy: 'ROLLING',
  breaker: { status: 'MONITORING', failures: 0, threshold: 3 },
  alarms: undefined,
  ...overrides,
});

export const stoppedTask = (overrides: Partial<StoppedTask> = {}): StoppedTask => ({
  arn: 'arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef',
  lastStatus: 'STOPPED',
  createdAt: start + 5_000,
  pullStartedAt: undefined,
  pullStoppedAt: undefined,
  startedAt: undefined,
  stoppedAt: start + 40_000,
  stopCode: 'TaskFailedToStart',
  reason: 'ResourceInitializationError: unable to pull secrets',
  containers: [],
  ...overrides,
});

/** A healthy target that is a task of the followed deployment. */
export const target = (overrides: Partial<Target> = {}): Target => ({
  group: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/73e2d6bc24d8a067',
  id: '10.0.0.7',
  port: 8080,
  state: 'healthy',
  reason: undefined,
  description: undefined,
  isOwn: true,
  ...overrides,
});

/** What one poll saw, `seconds` after the update; events are newest first, as AWS gives them. */
export interface Poll {
  readonly seconds: number;
  /** `null` is a service that ECS no longer knows. */
  readonly service: Partial<Service> | null;
  readonly events?: readonly string[];
  readonly record?: Partial<ServiceDeployment>;
  readonly tasks?: readonly StoppedTask[];
}

/** The state after some polls. */
export function stateAfter(polls: readonly Poll[], of: Attempt = attempt()): RolloutState {
  const initial = initialState(of, service(), start);
  return polls.reduce((state, poll) => advance(state, observation(poll)), initial);
}

export function observation({ seconds, service: seen, events, record, tasks }: Poll): Observation {
  return {
    kind: 'seen',
    at: start + seconds * 1000,
    service:
      seen === null
        ? undefined
        : service({
            events: (events ?? []).map((message, index, all) => ({
              id: `event-${all.length - index}`,
              at: start + seconds * 1000,
              message,
            })),
            ...seen,
          }),
    serviceDeployment: record && serviceDeployment(record),
    stoppedTasks: tasks ?? [],
  };
}

/** What a diagnosis knows of the followed deployment. */
export const context = (definition: Partial<TaskDefinition> = {}): Context => ({
  place: { partition: 'aws', region: 'eu-west-1', account: '123456789012' },
  definition: { family: 'web', containerDefinitions: [], ...definition },
  locate: () => undefined,
});

export const finding = (overrides: Partial<Finding> = {}): Finding => ({
  class: 'secret-access-denied',
  summary: 'The execution role web-execution may not read the SSM parameter /web/prod/password.',
  principal: 'web-execution',
  principalKind: 'execution-role',
  action: 'ssm:GetParameters',
  resource: 'arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password',
  fixableInRole: true,
  container: 'app',
  secret: 'PASSWORD',
  count: 1,
  evidence: 'AccessDeniedException: no',
  fix: null,
  file: null,
  line: null,
  ...overrides,
});
