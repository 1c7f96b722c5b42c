import { hashOf } from '../../ids.ts';
import { authorize } from '../../permissions.ts';
import type { PolicyDocument, RoleSpec } from '../../resources.ts';
import type { Json } from '../../world.ts';
import { isoTime, queryService } from '../query.ts';
import type { Context } from '../room.ts';
import { findRole, noSuchEntity, principalArn } from './principals.ts';
import { simulate } from './simulate.ts';

const day = 24 * 3600 * 1000;

/** Roles, and what the policies of roles and users would decide. */
export const iam = queryService('iam', 'iam', 'https://iam.amazonaws.com/doc/2010-05-08/', {
  GetRole: getRole,
  SimulatePrincipalPolicy: simulate,
});

function getRole(input: Json, { state, caller, at }: Context): Json {
  const name = String(input.RoleName);
  const role = findRole(state.world, name);
  const arn = principalArn(state.world, 'role', name, role?.path);
  authorize(caller, 'iam:GetRole', arn, { written: `role ${name}` });
  if (role === undefined) throw noSuchEntity('role', name);
  const boundary = principalArn(state.world, 'policy', `${name}-boundary`);
  return {
    Role: {
      Path: role.path ?? '/',
      RoleName: name,
      RoleId: `AROA${hashOf(name).slice(0, 17).toUpperCase()}`,
      Arn: arn,
      CreateDate: isoTime(at - 30 * day),
      AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trustOf(role))),
      MaxSessionDuration: 3600,
      PermissionsBoundary:
        role.boundary === undefined
          ? undefined
          : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
    },
  };
}

function trustOf({ trust = 'ecs-tasks.amazonaws.com' }: RoleSpec): PolicyDocument {
  if (typeof trust !== 'string') return trust;
  const Principal = { Service: trust };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  };
}
