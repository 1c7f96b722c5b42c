import { type ECSClient, StopServiceDeploymentCommand } from '@aws-sdk/client-ecs';
import { awsErrorKind, awsWords } from '../aws.ts';
import { isNamed } from '../task-definition/json.ts';
import type { RolloutState } from './state.ts';
import type { Response } from './types.ts';

/** The input `on-failure`: what to do once the rollout is certain to fail. */
export type OnFailure =
  /** Ask ECS to roll back now. */
  | 'rollback'
  /** Fail the step now and leave the rollout to ECS. */
  | 'report'
  /** Wait for ECS's own verdict. */
  | 'wait';

/**
 * Responds to a rollout that is certain to fail. A request that ECS could not take just now is made
 * again with the next poll; where ECS will not take it at all, its circuit breaker has the last word,
 * and without one the step ends: nothing else would end it before `timeout`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
 *
 * @returns undefined where nothing has been done; never throws
 */
export async function respond(
  ecs: ECSClient,
  state: RolloutState,
  onFailure: OnFailure,
): Promise<Response | undefined> {
  const { attempt } = state;
  // What goes on with a standing deployment is no deployment of this step's that could be stopped.
  if (onFailure === 'wait' || attempt.origin === 'standing') return undefined;
  if (onFailure === 'report') return { kind: 'left', why: undefined };
  if (!attempt.canRollBack) {
    return { kind: 'left', why: 'No earlier deployment had completed that ECS could go back to.' };
  }
  const arn = ownRecord(state);
  if (arn === undefined) return leaveToBreaker(state, 'its ServiceDeployment cannot be read');
  try {
    await ecs.send(
      new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }),
    );
    return { kind: 'rollback-asked' };
  } catch (error) {
    const kind = awsErrorKind(error);
    // A conflict is another change of the same deployment: the next poll shows which.
    const isConflict = isNamed(error, 'ConflictException');
    // One that can be read is there: it is only not known everywhere yet.
    const mayAppear =
      isNamed(error, 'ServiceDeploymentNotFoundException') && state.serviceDeployment !== undefined;
    if (kind === 'throttled' || kind === 'transient' || isConflict || mayAppear) return undefined;
    const needs = kind === 'access-denied' ? 'needs ecs:StopServiceDeployment: ' : '';
    return leaveToBreaker(state, `${needs}${awsWords(error)}`);
  }
}

/** ARN of the ServiceDeployment, only where it is this deployment's: another's must not be stopped. */
function ownRecord({ attempt, service, serviceDeployment }: RolloutState): string | undefined {
  if (serviceDeployment) return serviceDeployment.arn;
  const arn = service.serviceDeploymentArn;
  return attempt.origin === 'started' && arn !== attempt.knownServiceDeployment ? arn : undefined;
}

function leaveToBreaker({ service }: RolloutState, words: string): Response {
  const why = `ECS could not be asked to roll back (${words}).`;
  return service.breaker.enable
    ? { kind: 'breaker-awaited', why }
    : { kind: 'left', why: `${why} Without a circuit breaker it tries on and on.` };
}
