import {
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandOutput,
} from '@aws-sdk/client-ecs';
import type { Clock } from '../clock.ts';
import { droppedFields } from './compare.ts';
import type { TaskDefinition } from './types.ts';

/** What became of a registered definition. */
export interface Registration {
  readonly arn: string;
  /** Paths of fields that were asked and are not in the revision: ECS or the SDK dropped them. */
  readonly dropped: readonly string[];
}

const PATIENCE_MS = 120_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 20_000;

/**
 * Registers `definition` as a new revision. Waits its turn for up to two minutes while others
 * register the same family (a ClientException, which no SDK retries), unless `signal` is aborted; every other error of
 * RegisterTaskDefinition passes through untouched.
 */
export async function register(
  ecs: Pick<ECSClient, 'send'>,
  definition: TaskDefinition,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Registration> {
  const { taskDefinition, tags } = await sendPatiently(ecs, definition, clock, signal);
  if (!taskDefinition?.taskDefinitionArn) throw new Error('ECS registered no task definition');
  // Some stand-ins for AWS keep the tags but do not answer them.
  const registered = { ...taskDefinition, tags: tags ?? definition.tags } as TaskDefinition;
  return {
    arn: taskDefinition.taskDefinitionArn,
    dropped: droppedFields(definition, registered),
  };
}

async function sendPatiently(
  ecs: Pick<ECSClient, 'send'>,
  { tags, ...definition }: TaskDefinition,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<RegisterTaskDefinitionCommandOutput> {
  // "Tags can not be empty."
  const command = new RegisterTaskDefinitionCommand(
    tags?.length ? { ...definition, tags } : definition,
  );
  const deadline = clock.now() + PATIENCE_MS;
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    try {
      return await ecs.send(command);
    } catch (error) {
      const pause = delay / 2 + (delay / 2) * clock.random();
      if (!isTooConcurrent(error) || clock.now() + pause > deadline) throw error;
      await clock.sleep(pause, signal);
      if (signal?.aborted) throw error;
    }
  }
}

function isTooConcurrent(error: unknown): boolean {
  return error instanceof Error && /too many concurrent attempts/i.test(error.message);
}
