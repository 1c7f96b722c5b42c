import { plain, shellWord } from './finding-names.ts';
import { type HealthTrouble, healthTrouble } from './finding-words.ts';
import { regionOption } from './remedy-missing.ts';
import type { TiedCause } from './tie.ts';
import { containersOf, list } from './tie-uses.ts';

/** What is said of the health check of a load balancer, and what to change. */

/** ` of target group web: HTTP GET /health on port 8080 answered 503, expected 200` */
export function healthCheckFailure(tied: TiedCause): string {
  const trouble = healthTrouble(tied.evidence);
  const name = /:targetgroup\/([^/]+)/.exec(tied.resource ?? '')?.[1];
  const subject = name ? ` of target group ${plain(name)}` : 's of the load balancer';
  const told = trouble && troubleWords(tied, trouble);
  if (told) return `${subject}: ${told}`;
  const check = request(tied);
  return check === null ? subject : `${subject} (${[check, expected(tied)].join('')})`;
}

function troubleWords(tied: TiedCause, trouble: HealthTrouble): string {
  const check = request(tied);
  const within = tied.targetGroup && `within ${tied.targetGroup.healthCheck.timeout} s`;
  switch (trouble.kind) {
    case 'codes': {
      const codes = trouble.codes ?? 'another code';
      return check === null
        ? `they answered ${codes}`
        : `${check} answered ${codes}${expected(tied)}`;
    }
    case 'late':
      return check === null
        ? 'they did not answer in time'
        : `${check} ${path(tied) ? 'did not answer' : 'was not accepted'} ${within}`;
    case 'failed':
      return check === null || path(tied)
        ? `${check ?? 'the load balancer'} got no connection or no valid answer`
        : `${check} was not accepted`;
    case 'internal':
      return 'the load balancer had an error of its own';
    case 'missing':
      return 'that target group does not exist';
  }
}

/** `HTTP GET /health on port 8080`, `a TCP connection to port 5432`; null where it is not known. */
function request(tied: TiedCause): string | null {
  if (tied.targetGroup === null) return null;
  const { protocol } = tied.targetGroup.healthCheck;
  const asked = path(tied);
  if (asked === null) return `a ${plain(protocol)} connection to ${port(tied)}`;
  return `${isGrpc(tied) ? 'gRPC' : `${plain(protocol)} GET`} ${asked} on ${port(tied)}`;
}

/** Null where the protocol has none, or it is not known. */
function path({ targetGroup }: TiedCause): string | null {
  const { protocol = '', path: asked = '/' } = targetGroup?.healthCheck ?? {};
  return /^HTTP/.test(protocol) ? plain(asked) : null;
}

/** Codes of gRPC are below 100. */
const isGrpc = ({ targetGroup }: TiedCause) =>
  /^\d{1,2}(?!\d)/.test(targetGroup?.healthCheck.codes ?? '');

function port({ targetGroup }: TiedCause): string {
  const asked = targetGroup?.healthCheck.port ?? '';
  const number = /^\d+$/.test(asked) ? asked : targetGroup?.port;
  return number === undefined ? 'the container port' : `port ${number}`;
}

function expected({ targetGroup }: TiedCause): string {
  const codes = targetGroup?.healthCheck.codes;
  return codes === undefined ? '' : `, expected ${plain(codes)}`;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export function answerHealthChecks(tied: TiedCause): string {
  const trouble = healthTrouble(tied.evidence);
  const more = [...unlisted(tied), ...moreTime(tied)];
  switch (trouble?.kind) {
    case 'codes':
      return [...otherAnswer(tied, trouble.codes), ...more].join('\n');
    case 'late':
    case 'failed':
      return [...wayToApp(tied), ...more].join('\n');
    case 'missing':
      return 'Name a target group that exists in loadBalancers of the service: this one is gone.';
    case 'internal':
    case undefined:
      return [inGeneral(tied), ...more].join('\n');
  }
}

function otherAnswer(tied: TiedCause, codes: string | null): string[] {
  const { codes: wanted = '200' } = tied.targetGroup?.healthCheck ?? {};
  const to = tied.targetGroup ? `to ${request(tied)}` : 'on the path of the health check';
  return [
    `Let the app answer ${plain(wanted)} ${to}${codes ? ` instead of ${codes}` : ''}, or set another path:`,
    modify(tied, '--health-check-path "<path>"'),
    'or accept other codes:',
    modify(tied, `--matcher ${isGrpc(tied) ? 'GrpcCode=0-99' : 'HttpCode=200-399'}`),
  ];
}

function wayToApp(tied: TiedCause): string[] {
  const at = port(tied);
  const asked = path(tied);
  const timeout = tied.targetGroup?.healthCheck.timeout;
  const answer =
    timeout === undefined
      ? 'answer within the timeout of the health check'
      : `answer within ${timeout} s`;
  return [
    `Let the load balancer reach the container: its security group must let in ${at} from that of the load balancer, the app must listen on 0.0.0.0 and on ${tied.targetGroup ? at : 'that port'}, and ${answer}.`,
    ...(tied.targetGroup
      ? [
          'If the app answers elsewhere, let the health check ask there:',
          modify(
            tied,
            `--health-check-port "<port>"${asked ? ' --health-check-path "<path>"' : ''}`,
          ),
        ]
      : []),
  ];
}

function inGeneral(tied: TiedCause): string {
  const { codes } = tied.targetGroup?.healthCheck ?? {};
  const asks = tied.targetGroup
    ? `${request(tied)} is answered${codes ? ` ${plain(codes)}` : ''}`
    : 'the health check asks for a path which answers 200';
  const patience = tied.service
    ? ''
    : ', and that healthCheckGracePeriodSeconds of the service is longer than the app takes to start';
  return `See that the app listens on 0.0.0.0 and on ${port(tied)}, that ${asks}${patience}.`;
}

function modify({ resource, place }: TiedCause, options: string): string {
  const group = resource?.includes(':targetgroup/')
    ? shellWord(resource)
    : '"<ARN of the target group>"';
  return `aws elbv2 modify-target-group ${regionOption(place)}--target-group-arn ${group} ${options}`;
}

/** That the health check asks a port of its own which no container is known to have. */
function unlisted({ targetGroup, definition }: TiedCause): string[] {
  const asked = targetGroup?.healthCheck.port ?? '';
  const mappings = containersOf(definition).flatMap(([, { portMappings }]) => list(portMappings));
  const isListed = mappings.some(
    ([, { containerPort, hostPort, containerPortRange }]) =>
      containerPortRange !== undefined || [containerPort, hostPort].includes(Number(asked)),
  );
  return !/^\d+$/.test(asked) || isListed || definition === null
    ? []
    : [
        `No container of the task definition lists port ${asked} of the health check in its portMappings.`,
      ];
}

/** How long a task has before it is given up, and how to give it longer. */
function moreTime({ targetGroup, service, place }: TiedCause): string[] {
  if (service === null) return [];
  const { name, cluster, gracePeriod } = service;
  const { interval, unhealthyThreshold } = targetGroup?.healthCheck ?? {};
  const checks = targetGroup ? `${interval} s × ${unhealthyThreshold} checks and ` : '';
  return [
    `A task has ${checks}a grace period of ${gracePeriod} s before it is given up. If the app needs longer to start, make that longer:`,
    `aws ecs update-service ${regionOption(place)}--cluster ${shellWord(cluster)} --service ${shellWord(name)} --health-check-grace-period-seconds ${Math.max(120, gracePeriod * 2)}`,
  ];
}
