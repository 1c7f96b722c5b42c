import { ApiError } from '../errors.ts';
import { authorize } from '../permissions.ts';
import type { ParameterSpec } from '../resources.ts';
import type { Json } from '../world.ts';
import type { Context } from './room.ts';
import { isHere, jsonService, pageFrom, present } from './room.ts';

/** Metadata only: a world has no values, and asking for one is refused. */
export const ssm = jsonService('ssm', 'AmazonSSM', {
  DescribeParameters: (input, context) => {
    authorize(context.caller, 'ssm:DescribeParameters', arnOf(context, '*'));
    const limit = typeof input.MaxResults === 'number' ? input.MaxResults : 10;
    if (limit < 1 || limit > 50) {
      const message = `1 validation error detected: Value '${limit}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50`;
      throw new ApiError('ValidationException', message);
    }
    const filters = asList(input.ParameterFilters);
    for (const filter of filters) checkFilter(filter);
    const known = isHere(context) ? (context.state.world.parameters ?? []) : [];
    // It cuts the page first and filters then: a page may be empty and yet not the last one.
    const { items, next } = pageFrom(known, input.NextToken, limit);
    return present({
      Parameters: items
        .filter((parameter) => filters.every((filter) => passes(parameter, filter)))
        .map((parameter) => describe(parameter, context)),
      NextToken: next,
    });
  },
  GetParameter: (input, context) => refuse('ssm:GetParameter', String(input.Name), context),
  GetParameters: (input, context) =>
    refuse('ssm:GetParameters', String((input.Names as unknown[] | undefined)?.[0]), context),
});

function refuse(action: string, name: string, context: Context): Json {
  const resource = arnOf(context, `parameter/${name.replace(/^\//, '')}`);
  authorize({ ...context.caller, allow: [] }, action, resource);
  return {};
}

function passes(parameter: ParameterSpec, filter: Json): boolean {
  const values = asList(filter.Values).map(String);
  const option = filter.Option ?? 'Equals';
  if (filter.Key === 'Type') return values.includes(parameter.type ?? 'SecureString');
  if (filter.Key === 'KeyId') return values.includes(parameter.kmsKeyArn ?? 'alias/aws/ssm');
  const name = comparable(parameter.name);
  return values.map(comparable).some((value) => {
    if (option === 'BeginsWith') return name.startsWith(value);
    if (option === 'Contains') return name.includes(value);
    return name === value;
  });
}

/** Throws what DescribeParameters says of a filter that it does not take. */
function checkFilter({ Key, Values }: Json): void {
  if (!['Name', 'Type', 'KeyId'].includes(String(Key))) {
    throw new ApiError('InvalidFilterKey', `The filter key ${Key} isn't valid.`);
  }
  const count = asList(Values).length;
  if (count >= 1 && count <= 50) return;
  const message = `1 validation error detected: Value at 'parameterFilters.1.member.values' failed to satisfy constraint: Member must have length less than or equal to 50`;
  throw new ApiError('ValidationException', message);
}

/** A name is the same with and without the slash of a parameter that is in no hierarchy. */
function comparable(name: string): string {
  return bare(name).includes('/') ? name : bare(name);
}

function bare(name: string): string {
  return name.replace(/^\//, '');
}

function describe(parameter: ParameterSpec, context: Context): Json {
  const type = parameter.type ?? 'SecureString';
  return {
    Name: parameter.name,
    ARN: arnOf(context, `parameter/${bare(parameter.name)}`),
    Type: type,
    ...(type === 'SecureString' ? { KeyId: parameter.kmsKeyArn ?? 'alias/aws/ssm' } : {}),
    LastModifiedDate: 1_700_000_000,
    Version: 1,
    Tier: 'Standard',
    Policies: [],
    DataType: 'text',
  };
}

function arnOf({ state, region }: Context, resource: string): string {
  const { account, partition = 'aws' } = state.world;
  return `arn:${partition}:ssm:${region}:${account}:${resource}`;
}

function asList(value: unknown): Json[] {
  return Array.isArray(value) ? value : [];
}
