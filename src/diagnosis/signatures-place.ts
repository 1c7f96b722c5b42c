import {
  always,
  type Facts,
  has,
  kindOf,
  type Reading,
  type Room,
  readDenial,
  type Signature,
  throttled,
} from './signatures.ts';
import { find, hasEllipsis } from './text.ts';

const TARGET_GROUP =
  /(arn:[\w-]+:elasticloadbalancing:[^\s:]*:[^\s:]*:targetgroup\/[\w-]+\/[0-9a-f]{16})(?![0-9a-f])/i;

/** The target group, by its ARN or its name, or the Classic Load Balancer. */
export const targetGroup = ({ text }: Reading): string | null =>
  find(
    text,
    TARGET_GROUP,
    /\(target-?group ([\w-]{1,32})(?=[ )])/i,
    /\b(?:in|on|from) target-?group ([\w-]{1,32})(?= |\)|$)/i,
    /\(elb ([\w-]{1,32})\)/i,
  );

const isArn = (name: string) => /^arn:/i.test(name);

/** What was wrapped is quoted in one piece. */
const whole = (name: string) => (isArn(name) ? name.replaceAll(' ', '') : name);

/** A role that could not be assumed is quoted by its ARN, or by whatever was given for it. */
function quotedRole(reading: Reading): Facts {
  const quoted = find(
    reading.text,
    /assume (?:the )?role[: ]+'([^']+)'/i,
    /assume (?:the )?role[: ]+"([^"]+)"/i,
    /assume (?:the )?role[: ]+(arn:[^\s'",]+?)[.,]? /i,
    /role '(arn:[^']+)'/i,
  );
  const role = quoted === null || hasEllipsis(quoted) ? null : whole(quoted);
  const own = /service.linked role/i.test(reading.text) ? 'service-linked-role' : null;
  return {
    principal: role,
    principalKind: kindOf({ principal: role, session: null }, own),
    action: 'sts:AssumeRole',
    // A name stands for itself only: what cannot be taken on is the role of an ARN.
    resource: role && isArn(role) ? role : null,
  };
}

/** Roles that ECS could not take on. */
export const roleSignatures: readonly Signature[] = [
  {
    class: 'role-not-assumable',
    when: has(
      /(?:unable|not able|failed|cannot|can't|could not) to assume|(?:cannot|can't|could not|failed to) assume|cannot be assumed|could not be assumed|trust relationship has been/i,
    ),
    read: quotedRole,
  },
];

/** What AWS takes away; the exit codes of such a task say nothing. */
const takenSignatures: readonly Signature[] = [
  {
    class: 'spot-interruption',
    when: has(/spot ?(?:task|instance)? (?:was )?interrupt|SpotInterruption/i),
  },
  {
    class: 'host-maintenance',
    when: has(
      /maintenance on the underlying|host ec2 \(instance [^)]{0,40}\) (?:stopp|terminat)|task retirement|scheduled for retirement|underlying (?:host|infrastructure|hardware)|host (?:was|is|has been) (?:impaired|unhealthy)|(?:\bhost|container instance)\b.{0,60}\b(?:terminated|draining|deregistered)/i,
    ),
  },
];

/** Where and on what a task may run. */
export const placeSignatures: readonly Signature[] = [
  {
    class: 'subnet-addresses-exhausted',
    when: has(
      /InsufficientFreeAddresses|(?:not enough|insufficient|no) (?:free|available)(?: ip| private)* addresses/i,
    ),
    read: ({ text }) => ({ resource: find(text, /\b(subnet-[0-9a-f]{8,17})(?![0-9a-f.…])/i) }),
  },
  {
    class: 'quota-exceeded',
    when: has(
      /(?:reached|exceeded|exceeds?|above|over) (?:the|your|a)? ?(?:maximum |service |account |[\w-]+ )?(?:limit|quota)|limit ?exceeded|CountExceeded|limit was exceeded|maximum number of|quota ?exceeded|exceeds limit/i,
    ),
  },
  {
    class: 'capacity-unavailable',
    when: has(
      /capacity is unavailable|insufficient ?(?:instance|fargate|host)? ?capacity|UnfulfillableCapacity|(?:no|not enough|unavailable) (?:spot |fargate |available )?capacity(?! provider)|RESOURCE:FARGATE/i,
    ),
  },
  {
    class: 'bad-service-settings',
    when: has(
      /service deployment configuration|not compatible with the selected|targets are not in the target group vpc|Invalid(?:Subnet|SecurityGroup)\w*|security group .{0,80}(?:does not exist|belong)|subnet .{0,80}does not exist/i,
    ),
  },
  {
    class: 'placement-failed',
    when: has(
      /no container instances? (?:met|were found|was found|found)|closest matching|unable to place tasks? because|\bRESOURCE:|\bATTRIBUTE\b|missing ?attribute|NO ACTIVE INSTANCES|EMPTY CAPACITY PROVIDER|placement constraints? (?:\w+ ){0,2}(?:un)?satisfied|(?:meets?|satisf(?:y|ies)) (?:the |all )?(?:\w+ )?placement constraints?|no instances? (?:met|match)|distinctInstance|unable to launch instance/i,
    ),
  },
  // Reasons of one word, in capitals.
  {
    class: 'placement-failed',
    when: has(/^(?:\w+: )?(?:AGENT|ATTRIBUTE|LOCATION|RESOURCE:\w+)\b/),
  },
  {
    class: 'eni-timeout',
    when: has(/network interface|\beni\b|netplugin/i),
  },
  {
    class: 'bad-task-definition',
    when: has(/task ?definition (?:\S+ )?(?:is inactive|not found|does not exist)/i),
  },
];

/** What ends a task before its container runs, or instead of it. */
const runtimeSignatures: readonly Signature[] = [
  {
    class: 'out-of-memory',
    when: has(/OutOfMemory|out of memory|killed due to memory|oom[- ]?killed/i),
  },
  { class: 'exec-format', when: has(/exec format error/i) },
  {
    class: 'container-start-failed',
    when: has(
      /Cannot(?:Start|Create|Inspect|Run)\w*Error|ContainerRuntime(?:Timeout)?Error|DockerTimeoutError|OCI runtime|could not transition to|CannotCreateVolume|failed to create (?:shim|containerd|new container)|executable file not found|devmapper/i,
    ),
  },
];

/** Who says that a task is not healthy. */
const healthSignatures: readonly Signature[] = [
  {
    class: 'container-health-check',
    when: has(/failed container health checks|container .{0,80}(?:is|was|became) unhealthy/i),
  },
  {
    class: 'elb-health-check',
    when: has(/failed elb health checks|(?:is|are) (?:unhealthy|not healthy) in/i),
    read: (reading) => ({ resource: targetGroup(reading) }),
  },
];

/** Other denials, of ECS's own roles: the service-linked one, or the one for infrastructure. */
export const ownRoleSignatures: readonly Signature[] = [
  {
    class: 'deployer-access-denied',
    when: ({ denials }) => denials.length > 0,
    read: readDenial(),
  },
  {
    class: 'deployer-access-denied',
    when: has(/iam permissions? polic(?:y|ies) (?:has|have) been/i),
    read: () => ({ principalKind: 'service-linked-role' }),
  },
];

/** What has no frame of its own, the most telling first. */
export const placeRooms: readonly Room[] = [
  roleSignatures,
  takenSignatures,
  runtimeSignatures,
  healthSignatures,
  placeSignatures,
  [
    { class: 'throttled', when: throttled },
    {
      class: 'aws-error',
      when: has(/^(?:reason: )?internal ?error|InternalError: |server ?(?:exception|fault)/i),
    },
  ] satisfies readonly Signature[],
].map((signatures) => ({ frame: always, signatures }));
