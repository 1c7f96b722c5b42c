import { hashOf } from './ids.ts';
import type { KeySpec } from './resources.ts';
import type { World } from './world.ts';

/** The keys that AWS makes for its services in every account. */
const managedByAws = ['alias/aws/ssm', 'alias/aws/secretsmanager', 'alias/aws/ecr'];

/** The KMS key of that ARN, id, alias or alias ARN. */
export function findKey(world: World, name: string): KeySpec | undefined {
  const bare = name.replace(/^arn:[^:]+:kms:[^:]+:[^:]+:/, '').replace(/^key\//, '');
  return keysOf(world).find(
    ({ arn, aliases = [] }) =>
      arn === name || arn.endsWith(`:key/${bare}`) || aliases.includes(bare),
  );
}

function keysOf(world: World): KeySpec[] {
  const { account, region, partition = 'aws', keys = [], parameters = [], secrets = [] } = world;
  const arnOf = (id: string) => `arn:${partition}:kms:${region}:${account}:key/${id}`;
  const named = [...parameters, ...secrets].flatMap(({ kmsKeyArn = '' }) =>
    /:key\//.test(kmsKeyArn) ? { arn: kmsKeyArn } : [],
  );
  const byAws = managedByAws.map((alias) => ({
    arn: arnOf(uuidOf(alias)),
    aliases: [alias],
    manager: 'AWS' as const,
  }));
  return [...keys, ...byAws, ...named];
}

function uuidOf(text: string): string {
  return hashOf(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
