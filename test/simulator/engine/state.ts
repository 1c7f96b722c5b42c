import type { IdSource } from '../ids.ts';
import type {
  ByAttempt,
  DeploymentConfiguration,
  ExpressSpec,
  Failure,
  Intervention,
  Json,
  LoadBalancer,
  Play,
  Timings,
  World,
} from '../world.ts';
import type { LogSpec } from './fate.ts';

/** The account at one moment. Plain data; times are simulated milliseconds since the epoch. */
export interface State {
  readonly world: World;
  readonly ids: IdSource;
  now: number;
  /** When the first UpdateService came. */
  firstUpdate: number | undefined;
  readonly taskDefinitions: TaskDefinition[];
  readonly services: Service[];
  readonly tasks: Task[];
  readonly serviceDeployments: ServiceDeployment[];
  readonly serviceRevisions: ServiceRevision[];
  readonly logStreams: LogStream[];
  /** What is going to happen, earliest first. */
  readonly agenda: Appointment[];
}

export interface TaskDefinition {
  arn: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE';
  /** As Describe answers it. */
  body: Json;
  tags: { key: string; value: string }[];
  registeredAt: number;
}

export interface Service {
  arn: string;
  name: string;
  cluster: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  controller: string;
  configuration: DeploymentConfiguration;
  /** The parameters that a deployment is made from. */
  parameters: ServiceParameters;
  /** Other fields of the service that UpdateService may set. */
  extra: Json;
  deployments: Deployment[];
  events: ServiceEvent[];
  currentServiceDeployment: string | undefined;
  plays: Play[];
  /** Which of the two target groups of a blue/green service has the traffic. */
  live: 'primary' | 'alternate';
  /** What ECS manages for it, where it is an Express service. */
  express: ExpressSpec | undefined;
  /** Its connections to ECS gateways, as its revisions show them. */
  gatewayConnections: Json[] | undefined;
  createdAt: number;
  deletedAt: number | undefined;
  /** DescribeServices answers this until then. */
  stale: { until: number; view: Json } | undefined;
}

export interface ServiceParameters {
  taskDefinition: string;
  loadBalancers: LoadBalancer[];
  serviceRegistries: unknown[];
  launchType: string;
  platformVersion: string;
  networkConfiguration?: Json;
  capacityProviderStrategy?: unknown[];
  serviceConnectConfiguration?: Json;
  volumeConfigurations?: unknown[];
  vpcLatticeConfigurations?: unknown[];
}

export interface ServiceEvent {
  id: string;
  createdAt: number;
  message: string;
}

export interface Deployment {
  id: string;
  status: 'PRIMARY' | 'ACTIVE';
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  parameters: ServiceParameters;
  failedTasks: number;
  /** All failures, where `failedTasks` falls back to 0 at a healthy task. */
  failures: number;
  /** How many in a row could not start; the scheduler slows down at them. */
  neverRan: number;
  launched: number;
  lastLaunch: number;
  nextLaunch: number;
  createdAt: number;
  updatedAt: number;
  /** Completes no earlier. */
  notBefore: number;
  /** Whether its alarms have been watched long enough. */
  bake: 'none' | 'due' | 'baking' | 'over';
  play: Play;
  timings: Timings;
  serviceDeployment: string;
  revision: string;
  /** The service deployment that ends when this deployment is restored. */
  restores: string | undefined;
}

export interface ServiceDeployment {
  arn: string;
  service: string;
  cluster: string;
  deployment: string;
  status:
    | 'PENDING'
    | 'IN_PROGRESS'
    | 'SUCCESSFUL'
    | 'STOPPED'
    | 'STOP_REQUESTED'
    | 'ROLLBACK_REQUESTED'
    | 'ROLLBACK_IN_PROGRESS'
    | 'ROLLBACK_SUCCESSFUL'
    | 'ROLLBACK_FAILED';
  statusReason: string | undefined;
  lifecycleStage: string;
  createdAt: number;
  updatedAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  stoppedAt: number | undefined;
  sources: string[];
  target: string;
  configuration: DeploymentConfiguration;
  rollback: { reason: string; startedAt: number; serviceRevisionArn: string } | undefined;
  /** What the breaker counted last. */
  failureCount: number;
  breaker: 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED';
  alarms: 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED';
}

export interface ServiceRevision {
  arn: string;
  service: string;
  cluster: string;
  parameters: ServiceParameters;
  createdAt: number;
}

export interface Task {
  arn: string;
  id: string;
  service: string;
  deployment: string;
  taskDefinition: string;
  group: string;
  launchType: string;
  platformVersion: string;
  lastStatus: string;
  desiredStatus: 'RUNNING' | 'STOPPED';
  health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';
  /** Counts as a healthy task of its service. */
  healthy: boolean;
  fate: Fate;
  version: number;
  createdAt: number;
  /** When it will have its network interface, and begin and end to pull: shown once it has come. */
  connectivityAt: number | undefined;
  pullStartedAt: number | undefined;
  pullStoppedAt: number | undefined;
  startedAt: number | undefined;
  stoppingAt: number | undefined;
  /** When its containers end or have ended. */
  executionStoppedAt: number | undefined;
  stoppedAt: number | undefined;
  stopCode: string | undefined;
  stoppedReason: string | undefined;
  /** Ended by itself in a way that the breaker counts, once it has stopped. */
  failed: boolean;
  containers: Json[];
  log: LogSpec;
}

/** What one container of one task logged. */
export interface LogStream {
  group: string;
  name: string;
  createdAt: number;
  readableFrom: number;
  lines: string[];
  /** So many bytes of other lines stand before `lines`. */
  filler: number;
}

/** How a task will go, settled at its launch. */
export type Fate =
  | { kind: 'healthy' }
  | { kind: 'hang' }
  | { kind: 'start-failure'; stoppedReason: string; stopCode: string }
  | { kind: 'exit'; container: string; exitCode: number; reason?: string }
  | { kind: 'spot' }
  | { kind: 'elb-unhealthy'; reason: string }
  | { kind: 'container-unhealthy' }
  | { kind: 'custom'; failure: Failure };

export type Happening =
  | { kind: 'task'; task: string; step: TaskStep }
  | { kind: 'reconcile'; service: string }
  | { kind: 'service-deployment'; arn: string; to: ServiceDeploymentStep }
  | { kind: 'breaker'; service: string; deployment: string }
  | { kind: 'alarm'; service: string; deployment: string }
  | { kind: 'inactive'; service: string }
  | { kind: 'intervention'; what: Intervention };

export type ServiceDeploymentStep = 'IN_PROGRESS' | 'STOPPED' | 'ROLLBACK' | 'ROLLBACK_FAILED';

export type TaskStep =
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'HEALTHY'
  | 'END'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export interface Appointment {
  at: number;
  what: Happening;
}

export const defaultTimings: Timings = {
  pending: 8,
  activating: 22,
  running: 28,
  healthy: 18,
  exit: 3,
  unhealthy: 75,
  logDelay: 2,
  startFailure: 18,
  retry: 48,
  drain: 18,
  stop: 10,
  breaker: 15,
  rollback: 60,
  bake: 60,
};

/** The value for an attempt, counted from 0. */
export function forAttempt(value: ByAttempt, attempt: number): number {
  if (typeof value === 'number') return value;
  return value[Math.min(attempt, value.length - 1)] ?? 0;
}

/** Enters something into the agenda, behind what is already due at the same moment. */
export function schedule(state: State, at: number, what: Happening): void {
  const index = state.agenda.findIndex((appointment) => appointment.at > at);
  state.agenda.splice(index < 0 ? state.agenda.length : index, 0, { at, what });
}

export function serviceOf(state: State, arn: string): Service {
  return found(state.services.findLast((service) => service.arn === arn));
}

export function primaryOf(service: Service): Deployment {
  return found(service.deployments.find((deployment) => deployment.status === 'PRIMARY'));
}

export function serviceDeploymentOf(state: State, arn: string): ServiceDeployment {
  return found(state.serviceDeployments.find((deployment) => deployment.arn === arn));
}

/** The tasks of a deployment that are meant to run. */
export function liveTasks(state: State, deployment: Deployment): Task[] {
  return state.tasks.filter(
    (task) => task.deployment === deployment.id && task.desiredStatus === 'RUNNING',
  );
}

/** For what must exist: its absence is a mistake in the simulator. */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The simulator lost something that must exist.');
  return value;
}
