import type { Answer, CallOptions } from './client.ts';
import { callJson } from './client.ts';
import type { Simulator } from './simulator.ts';
import { startSimulator } from './simulator.ts';
import type { World } from './world.ts';

/** What the tests read of a deployment. */
export interface DeploymentSeen {
  id: string;
  status: string;
  taskDefinition: string;
  desiredCount: number;
  runningCount: number;
  pendingCount: number;
  failedTasks: number;
  rolloutState: string;
  rolloutStateReason: string;
}

export interface ServiceSeen {
  status: string;
  taskDefinition: string;
  desiredCount: number;
  runningCount: number;
  currentServiceDeployment: string;
  deployments: DeploymentSeen[];
  events: { id: string; createdAt: number; message: string }[];
  [field: string]: unknown;
}

export interface ServiceDeploymentSeen {
  serviceDeploymentArn: string;
  status: string;
  statusReason?: string;
  lifecycleStage: string;
  createdAt: number;
  finishedAt?: number;
  deploymentCircuitBreaker: { status: string; failureCount: number; threshold: number };
  alarms?: { status: string; triggeredAlarmNames: string[] };
  rollback?: { reason: string; serviceRevisionArn: string };
}

export interface TaskSeen {
  taskArn: string;
  startedBy: string;
  lastStatus: string;
  desiredStatus: string;
  stopCode?: string;
  stoppedReason?: string;
  startedAt?: number;
  containers: { name: string; exitCode?: number; reason?: string }[];
}

/** A simulator whose clock is moved by hand, and the calls that its tests make. */
export class Story {
  readonly simulator: Simulator;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  static async of(world: World): Promise<Story> {
    return new Story(await startSimulator(world, { clock: 'manual' }));
  }

  pass(seconds: number): void {
    this.simulator.advance(seconds);
  }

  ecs(operation: string, input: unknown, options?: CallOptions): Promise<Answer> {
    const target = `AmazonEC2ContainerServiceV20141113.${operation}`;
    return callJson(this.simulator.url, target, input, options);
  }

  /** Registers the newest revision of `web` once more, with an image of its own. */
  async register(image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d2e4c1') {
    return this.registerWith((container) => ({ ...container, image }));
  }

  async registerWith(change: (container: Record<string, unknown>) => Record<string, unknown>) {
    const { json } = await this.ecs('DescribeTaskDefinition', { taskDefinition: 'web' });
    const definition = json.taskDefinition as { containerDefinitions: Record<string, unknown>[] };
    const answer = await this.ecs('RegisterTaskDefinition', {
      ...definition,
      containerDefinitions: definition.containerDefinitions.map(change),
    });
    return (answer.json.taskDefinition as { taskDefinitionArn: string }).taskDefinitionArn;
  }

  /** Updates the service; returns what UpdateService answered. */
  async update(input: Record<string, unknown>): Promise<ServiceSeen> {
    const answer = await this.ecs('UpdateService', { cluster: 'prod', service: 'web', ...input });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.service as ServiceSeen;
  }

  /** Registers a revision and deploys it. */
  async deploy(): Promise<ServiceSeen> {
    return this.update({ taskDefinition: await this.register() });
  }

  async service(): Promise<ServiceSeen> {
    const { json } = await this.ecs('DescribeServices', { cluster: 'prod', services: ['web'] });
    return (json.services as ServiceSeen[])[0] as ServiceSeen;
  }

  async serviceDeployment(arn: string): Promise<ServiceDeploymentSeen> {
    const { json } = await this.ecs('DescribeServiceDeployments', { serviceDeploymentArns: [arn] });
    return (json.serviceDeployments as ServiceDeploymentSeen[])[0] as ServiceDeploymentSeen;
  }

  async stoppedTasks(): Promise<TaskSeen[]> {
    const list = { cluster: 'prod', serviceName: 'web', desiredStatus: 'STOPPED' };
    const { json } = await this.ecs('ListTasks', list);
    const tasks = json.taskArns as string[];
    if (tasks.length === 0) return [];
    const answer = await this.ecs('DescribeTasks', { cluster: 'prod', tasks });
    return answer.json.tasks as TaskSeen[];
  }

  /** The messages of the service's events, oldest first, without `(service web) `. */
  async told(): Promise<string[]> {
    const { events } = await this.service();
    return events.map(({ message }) => message.replace('(service web) ', '')).toReversed();
  }
}
