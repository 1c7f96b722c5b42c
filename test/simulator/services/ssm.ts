import { ApiError } from '../errors.ts';
import { authorize } from '../permissions.ts';
import type { Json, ParameterSpec } from '../world.ts';
import type { Context } from './room.ts';
import { jsonService } from './room.ts';

/** Metadata only: a world has no values, and asking for one is refused. */
export const ssm = jsonService('ssm', 'AmazonSSM', {
  DescribeParameters: (input, context) => {
    authorize(context.caller, 'ssm:DescribeParameters', arnOf(context, '*'));
    const limit = typeof input.MaxResults === 'number' ? input.MaxResults : 50;
    if (limit < 1 || limit > 50) {
      const message = `1 validation error detected: Value '${limit}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50`;
      throw new ApiError('ValidationException', message);
    }
    const filters = asList(input.ParameterFilters);
    const matching = (context.state.world.parameters ?? []).filter((parameter) =>
      filters.every((filter) => passes(parameter, filter)),
    );
    const from = typeof input.NextToken === 'string' ? Number.parseInt(input.NextToken, 36) : 0;
    const next = from + limit;
    return {
      Parameters: matching.slice(from, next).map((parameter) => describe(parameter, context)),
      ...(next < matching.length ? { NextToken: next.toString(36) } : {}),
    };
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
  if (filter.Key !== 'Name') {
    const message = `The filter key ${filter.Key} isn't valid.`;
    throw new ApiError('InvalidFilterKey', message);
  }
  // A name is the same with and without the slash of a parameter that is in no hierarchy.
  const name = bare(parameter.name);
  return values.map(bare).some((value) => {
    if (option === 'BeginsWith') return name.startsWith(value);
    if (option === 'Contains') return name.includes(value);
    return name === value;
  });
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

function arnOf({ state }: Context, resource: string): string {
  const { account, region, partition = 'aws' } = state.world;
  return `arn:${partition}:ssm:${region}:${account}:${resource}`;
}

function asList(value: unknown): Json[] {
  return Array.isArray(value) ? value : [];
}
