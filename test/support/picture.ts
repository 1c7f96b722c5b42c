import type { Picture } from '../../src/report/picture.ts';
import { emptyResult, type Result } from '../../src/result.ts';
import { advance } from '../../src/rollout/advance.ts';
import { diagnoseRollout } from '../../src/rollout/findings.ts';
import { judge } from '../../src/rollout/judge.ts';
import { initialState, type RolloutState } from '../../src/rollout/state.ts';
import type { Observation } from '../../src/rollout/types.ts';
import { definition } from '../diagnosis/finding-factory.ts';
import {
  arn,
  attempt,
  deployment,
  old,
  service,
  serviceDeployment,
  start,
  stoppedTask,
} from './rollout.ts';

/** The run that all of these pictures belong to. */
export const run = 'https://github.com/example/shop/actions/runs/1';

export const denied =
  'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, https response error StatusCode: 400, RequestID: 3790bba3-e9bf-bc5c-6778-ddda03b721d3, api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/web-execution/0123456789abcdef0123456789abcdef is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password because no identity-based policy allows the ssm:GetParameters action';

/** The service `web` in `prod` behind app.example.com, which moves its PASSWORD to a secret. */
export const picture = (overrides: Partial<Picture> = {}): Picture => ({
  cluster: 'prod',
  service: 'web',
  environment: '',
  clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
  serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web',
  startedAt: start - 3_000,
  now: start + 92_000,
  before: arn('web:7'),
  plan: {
    source: 'task-definition.json',
    register: true,
    taskDefinition: [
      {
        kind: 'image',
        container: 'app',
        from: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:3f1c2ab',
        to: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11',
      },
      { kind: 'environment', container: 'app', name: 'PASSWORD', change: 'removed' },
      { kind: 'secret', container: 'app', name: 'PASSWORD', change: 'added' },
      { kind: 'size', field: 'memory', from: '512', to: '1024' },
    ],
    service: [],
  },
  checks: [
    { mark: 'passed', what: 'circuit breaker is on with rollback' },
    {
      mark: 'not-checked',
      what: 'execution role web-execution',
      why: 'needs `iam:GetRole`',
    },
  ],
  revision: arn('web:8'),
  registeredAt: start - 1_000,
  rollout: undefined,
  url: 'https://app.example.com',
  urlNotes: [],
  targetGroups: [],
  logs: [
    {
      container: 'app',
      group: '/ecs/web',
      region: 'eu-west-1',
      streamPrefix: 'web',
      ifMissing: 'fails',
    },
  ],
  result: undefined,
  ...overrides,
});

export const result = (overrides: Partial<Result> = {}): Result => ({
  ...emptyResult('prod', 'web'),
  taskDefinitionArn: arn('web:8'),
  previousTaskDefinitionArn: arn('web:7'),
  runningTaskDefinitionArn: arn('web:7'),
  url: 'https://app.example.com',
  ...overrides,
});

/** What is seen of the rollout by DescribeServices and the ServiceDeployment, `seconds` after the update. */
export const seen = (
  seconds: number,
  what: Partial<Extract<Observation, { kind: 'seen' }>> = {},
): Observation => ({
  kind: 'seen',
  at: start + seconds * 1_000,
  service: service(),
  serviceDeployment: serviceDeployment(),
  stoppedTasks: [],
  ...what,
});

/** The rollout after these observations, as the wait would tell it. */
export function rollout(...observations: readonly Observation[]): NonNullable<Picture['rollout']> {
  const first = initialState(attempt(), service(), start);
  const state = observations.reduce<RolloutState>(advance, first);
  const { findings } = diagnoseRollout(state, {
    place: { partition: 'aws', region: 'eu-west-1', account: '123456789012' },
    definition,
    locate: (path) =>
      path.includes('secrets') ? { file: 'task-definition.json', line: 24 } : undefined,
  });
  return { state, verdict: judge(state, 1_800_000), findings };
}

/** Two tasks of the new revision could not read the parameter. */
export const deniedTasks = [
  stoppedTask({ reason: denied }),
  stoppedTask({
    arn: 'arn:aws:ecs:eu-west-1:123456789012:task/prod/fedcba9876543210fedcba9876543210',
    reason: denied,
  }),
];

/** ECS runs the old revision again. */
export const backAgain = service({
  taskDefinition: arn('web:7'),
  deployments: [old({ status: 'PRIMARY' })],
});

/** All tasks of the new revision run and no others. */
export const complete = service({
  deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })],
});
