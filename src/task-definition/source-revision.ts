import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListTaskDefinitionFamiliesCommand,
} from '@aws-sdk/client-ecs';
import { closestMatch } from 'leven';
import { shortName } from '../arn.ts';
import { rejected } from '../errors.ts';
import { registrable, withoutNulls } from './cleaning.ts';
import { isNamed, type JsonObject } from './json.ts';
import type { Revision, Source } from './types.ts';

type Client = Pick<ECSClient, 'send'>;

/**
 * The registered revision that `id` names (a bare family is its newest active one). Throws a
 * `RejectedError` when there is none, with families of a similar name where they may be listed, and
 * when it `must be active` but is deregistered.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
 */
export async function readRevision(
  ecs: Client,
  id: string,
  state: 'must be active' | 'may be inactive',
): Promise<Source> {
  const answer = await describe(ecs, id).catch(async (error: unknown) => {
    if (isNamed(error, 'AccessDeniedException')) {
      const words = (error as Error).message;
      throw rejected(
        'task-definition',
        `${id} cannot be read: allow the role of this job ecs:DescribeTaskDefinition on *. AWS says: ${words}`,
        error,
      );
    }
    if (!isMissing(error)) throw error;
    const hint = await hintFor(ecs, id);
    throw rejected('task-definition', `there is no task definition ${id}. ${hint}`, error);
  });
  const revision = toRevision(answer);
  if (state === 'must be active' && !revision.deployable) {
    throw rejected(
      'task-definition',
      `${id} is ${answer.taskDefinition?.status}: it has been deregistered and ECS will not start it. Name an active revision, or only the family for its newest active one.`,
    );
  }
  return {
    definition: revision.definition,
    label: shortName(revision.arn),
    revision,
    locate: () => undefined,
  };
}

/**
 * The revision that `id` names (a family is its newest active one), or undefined when there is none
 * or it may not be read: it serves only to compare, and registering needs no such permission.
 */
export async function findRevision(
  ecs: Client,
  id: string | undefined,
): Promise<Revision | undefined> {
  if (typeof id !== 'string' || id === '') return undefined;
  try {
    return toRevision(await describe(ecs, id));
  } catch (error) {
    if (isMissing(error) || isNamed(error, 'AccessDeniedException')) return undefined;
    throw error;
  }
}

interface Description {
  readonly taskDefinition: JsonObject | undefined;
  readonly tags: unknown;
}

/**
 * DescribeTaskDefinition's answer as it came over the wire. The SDK's own reading leaves out fields
 * that are newer than it is, and a revision made from that would have lost them without a word.
 */
async function describe(ecs: Client, id: string): Promise<Description> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: id, include: ['TAGS'] });
  let wire: Description | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: Readable };
      const body = await buffer(response.body);
      if (response.statusCode === 200) wire = parseDescription(body.toString());
      Object.assign(response, { body });
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  const answer = await ecs.send(command);
  return wire ?? (answer as unknown as Description);
}

/** Absent fields may come as null; an answer that is no JSON is left for the SDK to report. */
function parseDescription(text: string): Description | undefined {
  try {
    return withoutNulls(JSON.parse(text), () => {}) as Description;
  } catch {
    return undefined;
  }
}

/** ECS has no exception of its own for it: "Unable to describe task definition." */
function isMissing(error: unknown): boolean {
  return isNamed(error, 'ClientException', 'InvalidParameterException');
}

function toRevision({ taskDefinition, tags }: Description): Revision {
  const arn = taskDefinition?.taskDefinitionArn;
  if (!taskDefinition || typeof arn !== 'string')
    throw new Error('ECS described no task definition');
  const hasTags = Array.isArray(tags) && tags.length > 0;
  return {
    arn,
    definition: registrable(taskDefinition, hasTags ? tags : undefined),
    deployable: (taskDefinition.status ?? 'ACTIVE') === 'ACTIVE',
  };
}

async function hintFor(ecs: Client, id: string): Promise<string> {
  const family = shortName(id).replace(/:\d+$/, '');
  const families = await familiesLike(ecs, family);
  if (families.includes(family)) {
    return `The family ${family} exists: name another revision of it, or only the family.`;
  }
  const near = closestMatch(family, families, {
    maxDistance: Math.max(2, Math.ceil(family.length / 3)),
  });
  return near === undefined ? 'Check the name, the region and the account.' : `Is ${near} meant?`;
}

/** Active families that begin like `family`. Only a hint depends on it, so no error may escape. */
async function familiesLike(ecs: Client, family: string): Promise<readonly string[]> {
  const familyPrefix = family.slice(0, Math.ceil(family.length / 3));
  try {
    const answer = await ecs.send(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix, status: 'ACTIVE', maxResults: 100 }),
    );
    return answer.families ?? [];
  } catch {
    return [];
  }
}
