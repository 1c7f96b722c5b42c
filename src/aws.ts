import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import { RejectedError } from './errors.ts';

/** The AWS clients of one step, of its own region unless one is named. */
export interface Aws extends LookUpClients {
  readonly region: string;
  /** For single calls: the SDK repeats them on throttling and server errors. */
  readonly ecs: ECSClient;
  /** For polling: one request a call, since the poll's own cadence is what slows down and repeats. */
  readonly poll: ECSClient;
  /** Loaded on first use: most deploys never need it. */
  secretsManager(region?: string): Promise<SecretsManagerClient>;
}

/**
 * The clients that only look things up, for what a deploy can do without: each is loaded on first
 * use, and asks at most twice. https://docs.aws.amazon.com/sdk-for-javascript/
 */
export interface LookUpClients {
  ssm(region?: string): Promise<SSMClient>;
  iam(): Promise<IAMClient>;
  sts(): Promise<STSClient>;
  ecr(region?: string): Promise<ECRClient>;
  logs(region?: string): Promise<CloudWatchLogsClient>;
  elb(): Promise<ElasticLoadBalancingV2Client>;
  kms(region?: string): Promise<KMSClient>;
}

/** No connection or answer within this time is an error that is retried, not a wait without end. */
const http = { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/**
 * Makes the clients from the environment as `aws-actions/configure-aws-credentials` leaves it (the
 * SDK's own chain, `AWS_ENDPOINT_URL` included). Credentials are resolved here, so that a step
 * without them is refused before it does anything.
 *
 * @param region the region that the environment names, or undefined for the SDK's own look-up
 * @throws RejectedError when there is no region or there are no credentials
 */
export async function connect(region: string | undefined): Promise<Aws> {
  const config = { ...(region === undefined ? {} : { region }), requestHandler: http };
  const ecs = new ECSClient({ ...config, maxAttempts: 5 });
  const resolved = await ecs.config.region().catch((cause) => {
    throw new RejectedError(
      [
        {
          message:
            'No AWS region is set. Run aws-actions/configure-aws-credentials with `aws-region` in ' +
            'an earlier step of this job, or set AWS_REGION.',
        },
      ],
      { cause },
    );
  });
  await ecs.config.credentials().catch((cause) => {
    throw new RejectedError(
      [
        {
          message:
            `No AWS credentials were found (${awsWords(cause)}). Run ` +
            'aws-actions/configure-aws-credentials in an earlier step of this job; with OIDC the ' +
            'job also needs `permissions: id-token: write`.',
        },
      ],
      { cause },
    );
  });
  let poll: ECSClient | undefined;
  return {
    region: resolved,
    ecs,
    get poll() {
      // The offset of this machine's clock is found by an attempt that fails, which this client lacks.
      const { systemClockOffset } = ecs.config;
      poll ??= new ECSClient({ ...config, systemClockOffset, maxAttempts: 1 });
      return poll;
    },
    secretsManager: cached(resolved, async (region) => {
      const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      return new SecretsManagerClient({ ...config, region });
    }),
    ...lookUpClients(resolved),
  };
}

function lookUpClients(own: string): LookUpClients {
  const config = (region: string) => ({ region, requestHandler: http, maxAttempts: 2 });
  return {
    ssm: cached(own, async (region) => {
      const { SSMClient } = await import('@aws-sdk/client-ssm');
      return new SSMClient(config(region));
    }),
    iam: cached(own, async (region) => {
      const { IAMClient } = await import('@aws-sdk/client-iam');
      return new IAMClient(config(region));
    }),
    sts: cached(own, async (region) => {
      const { STSClient } = await import('@aws-sdk/client-sts');
      return new STSClient(config(region));
    }),
    ecr: cached(own, async (region) => {
      const { ECRClient } = await import('@aws-sdk/client-ecr');
      return new ECRClient(config(region));
    }),
    logs: cached(own, async (region) => {
      const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
      return new CloudWatchLogsClient(config(region));
    }),
    elb: cached(own, async (region) => {
      const { ElasticLoadBalancingV2Client } = await import(
        '@aws-sdk/client-elastic-load-balancing-v2'
      );
      return new ElasticLoadBalancingV2Client(config(region));
    }),
    kms: cached(own, async (region) => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return new KMSClient(config(region));
    }),
  };
}

/** Makes one client for each region that is asked for. */
function cached<T>(own: string, make: (region: string) => Promise<T>) {
  const made = new Map<string, Promise<T>>();
  return (region = own): Promise<T> => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}

/** What an error of an AWS call means for the caller, whatever the service calls it. */
export type AwsErrorKind =
  /** The caller lacks a permission: does not heal by repeating. */
  | 'access-denied'
  /** The credentials are missing, expired or wrong: does not heal by repeating. */
  | 'credentials'
  | 'throttled'
  /** The operation does not exist here. */
  | 'unsupported'
  /** The request itself was refused. */
  | 'invalid'
  /** The network, a time-out or AWS's own fault: worth repeating. */
  | 'transient';

const kinds: readonly (readonly [AwsErrorKind, RegExp])[] = [
  ['access-denied', /^(AccessDenied|AccessDeniedException|NotAuthorized|UnauthorizedOperation)$/],
  [
    'credentials',
    /^(ExpiredToken|ExpiredTokenException|RequestExpired|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|InvalidSignatureException|SignatureDoesNotMatch|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?|AuthFailure|CredentialsProviderError)$/,
  ],
  [
    'throttled',
    /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestThrottled(Exception)?|RequestLimitExceeded|SlowDown)$/,
  ],
  ['unsupported', /^(UnsupportedFeatureException|UnknownOperationException|InvalidAction)$/],
];

/** Sorts an error by its name first, then by its HTTP status; without either it is the network. */
export function awsErrorKind(error: unknown): AwsErrorKind {
  const name = error instanceof Error ? error.name : '';
  const known = kinds.find(([, names]) => names.test(name));
  if (known) return known[0];
  const status = httpStatus(error);
  if (status === 429) return 'throttled';
  if (status === 408) return 'transient';
  return status !== undefined && status >= 400 && status < 500 ? 'invalid' : 'transient';
}

function httpStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
}

/** AWS's own words for an error, `Name: message`; an answer that was no AWS error is named as such. */
export function awsWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = httpStatus(error);
  // A body that the SDK could not read (an HTML page of a proxy, say) ends as a SyntaxError.
  if (error.name === 'SyntaxError' && status !== undefined)
    return `HTTP ${status} without AWS's answer`;
  return error.message && error.message !== 'UnknownError'
    ? `${error.name}: ${error.message}`
    : status === undefined
      ? error.name
      : `${error.name} (HTTP ${status})`;
}
