import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './errors.ts';
import type { Caller, World } from './world.ts';

/** The credential scope of a SigV4 signature: key id, date, region, service. */
function scope(headers: IncomingHttpHeaders): string[] {
  return /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? [];
}

/** The service that a request is signed for. */
export function signedFor(headers: IncomingHttpHeaders): string | undefined {
  return scope(headers)[3];
}

/** Who calls. The signature itself is not checked. */
export function callerOf(headers: IncomingHttpHeaders, world: World): Caller {
  const [key] = scope(headers);
  if (key === undefined) {
    const type = 'MissingAuthenticationTokenException';
    throw new ApiError(type, 'Missing Authentication Token', 403);
  }
  const anyone = {
    arn: `arn:${world.partition ?? 'aws'}:sts::${world.account}:assumed-role/deployer/github`,
  };
  if (world.callers === undefined) return anyone;
  const caller = world.callers[key] ?? world.callers['*'];
  if (caller !== undefined) return caller;
  throw new ApiError(
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  );
}
