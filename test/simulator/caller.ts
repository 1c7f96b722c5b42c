import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './errors.ts';
import type { Caller } from './resources.ts';
import type { World } from './world.ts';

/** The credential scope of a SigV4 signature: key id, date, region, service. */
function scope(headers: IncomingHttpHeaders): string[] {
  return /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? [];
}

/** The service that a request is signed for. */
export function signedFor(headers: IncomingHttpHeaders): string | undefined {
  return scope(headers)[3];
}

/** The region that a request is signed for. */
export function regionOf(headers: IncomingHttpHeaders): string | undefined {
  return scope(headers)[2];
}

/** Who calls where the world names no callers. */
export function anyone({ account, partition = 'aws' }: World): Caller {
  return { arn: `arn:${partition}:sts::${account}:assumed-role/deployer/github` };
}

/** Who calls. The signature itself is not checked. */
export function callerOf(headers: IncomingHttpHeaders, world: World): Caller {
  const [key] = scope(headers);
  if (key === undefined) {
    const type = 'MissingAuthenticationTokenException';
    throw new ApiError(type, 'Missing Authentication Token', 403);
  }
  if (world.callers === undefined) return anyone(world);
  const caller = world.callers[key] ?? world.callers['*'];
  if (caller !== undefined) return caller;
  throw new ApiError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  );
}
