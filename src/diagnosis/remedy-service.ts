import { parseArn } from '../arn.ts';
import { shellWord } from './finding-names.ts';
import { permitCall, trusting } from './remedy-denied.ts';
import { regionOption } from './remedy-missing.ts';
import { json } from './remedy-policy.ts';
import type { TiedCause } from './tie.ts';

type Advice = readonly (readonly [pattern: RegExp, advice: string])[];

/** The advice for the first pattern that AWS's words have in them. */
const adviceIn =
  (advice: Advice, otherwise: string | null = null) =>
  ({ evidence }: TiedCause): string | null =>
    advice.find(([pattern]) => pattern.test(evidence))?.[1] ?? otherwise;

export const capacity = () =>
  'Give the service subnets in more availability zones, or a base on FARGATE where it asks for FARGATE_SPOT only. ECS goes on trying by itself.';

const quotas: Advice = [
  [
    /vCPU/i,
    'Ask for more vCPUs of Fargate, or stop tasks that nobody needs. The quotas and their codes:',
  ],
  [
    /number of tasks|concurrently/i,
    'Ask for more concurrent tasks of Fargate, or stop tasks that nobody needs. The quotas and their codes:',
  ],
];

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
export function raiseQuota(tied: TiedCause): string {
  const service = /vCPU|concurrently|Fargate|number of tasks/i.test(tied.evidence)
    ? 'fargate'
    : 'ecs';
  const first =
    adviceIn(quotas)(tied) ??
    'Ask for a higher quota, or use less of it. The quotas and their codes:';
  return `${first}\naws service-quotas list-service-quotas ${regionOption(tied.place)}--service-code ${service} --query 'Quotas[].[QuotaName,QuotaCode,Value]' --output table`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
export const placeable = adviceIn(
  [
    [
      /insufficient (CPU|memory)|RESOURCE:(CPU|MEMORY)/i,
      'Add container instances (or let a capacity provider scale them), ask for less cpu or memory in the task definition, or lower minimumHealthyPercent so that old tasks make room first.',
    ],
    [
      /already using a port|RESOURCE:PORTS/i,
      'Use hostPort 0 or the network mode awsvpc, so that two tasks fit on one instance; or lower minimumHealthyPercent so that the old task frees the port first.',
    ],
    [
      /\bAGENT\b/,
      'Bring the ECS agent of the container instance back: it is not connected to ECS.',
    ],
    [
      /No Container Instances|NO ACTIVE INSTANCES|EMPTY CAPACITY PROVIDER/i,
      'Register container instances in the cluster, or run the service on Fargate with launchType FARGATE.',
    ],
    [
      /attribute/i,
      'Use instances that have what the task asks for: architecture, network mode, log driver and placement constraints must fit.',
    ],
    [
      /provisioning capacity limit/i,
      'Wait until fewer than 500 tasks of the cluster are being provisioned.',
    ],
  ],
  'Add container instances that have room for the task, or ask for less in the task definition.',
);

export const networkInterface = () =>
  'ECS tries again by itself. If it goes on: see that the subnets have free addresses, and that the account has not used up its quota of network interfaces.';

export function moreAddresses({ resource, place, evidence }: TiedCause): string {
  const subnet = /subnet-[0-9a-f]+/.exec(resource ?? evidence)?.[0] ?? '"<subnet>"';
  return `Give the service larger or more subnets, or delete network interfaces that nobody uses. Each Fargate task takes an address. The free ones are shown by\naws ec2 describe-subnets ${regionOption(place)}--subnet-ids ${subnet} --query 'Subnets[].[SubnetId,CidrBlock,AvailableIpAddressCount]' --output text`;
}

export const lessSpot = () =>
  'ECS starts another task by itself. So that some tasks always stay, give the service a base on FARGATE:\n' +
  json({
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 1, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
  });

export const fewerPulls = ({ resource }: TiedCause) =>
  `Pull ${resource && /docker\.io|^[^./]+(\/[^/]+)?$/.test(resource) ? 'from Docker Hub ' : ''}with credentials (repositoryCredentials of the container), or keep the image in Amazon ECR: copied, or by a pull through cache rule. ECS tries again by itself.`;

export const pullable = adviceIn([
  [
    /no space left/i,
    'Give the task more ephemeralStorage (sizeInGiB 21 to 200), or the container instance a larger disk; or make the image smaller.',
  ],
  [
    /in-toto|no processor for media-type/i,
    'Build the image again without attestations, which the runtime took for a layer: docker build --provenance=false --sbom=false',
  ],
  [
    /failed to unpack|diffIDs don't match/i,
    'Build and push the image again: its layers do not fit together.',
  ],
  [
    /: 50[0-4]\b|service unavailable/i,
    'ECS tries again by itself: the registry answered with an error of its own.',
  ],
  [
    /invalid reference format|parsing/i,
    'Correct the image reference in the task definition: registry/repository:tag, in lower case, without blanks.',
  ],
]);

export const logOptions = adviceIn([
  [
    /awslogs-region|awslogs-group|requires options/i,
    'Set awslogs-group and awslogs-region in the options of logConfiguration.',
  ],
  [
    /unknown log opt|not (a )?valid|unsupported|unknown/i,
    'Correct logConfiguration: the driver does not know this option or value. Fargate has the drivers awslogs, splunk and awsfirelens.',
  ],
  [
    /NoCredentialProviders/i,
    'Give the task definition an executionRoleArn that may write logs: the driver found no credentials.',
  ],
]);

/** https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html */
export const createDirectory = () =>
  'Create the directory on the file system, or mount an access point that creates it (creationInfo with owner and permissions): rootDirectory of the volume must exist before the task starts.';

/** What ECS refuses in a task definition. */
export const taskDefinition = adviceIn([
  [
    /execution role ARN|executionRoleArn/i,
    'Add executionRoleArn to the task definition: a role that trusts ecs-tasks.amazonaws.com and has the managed policy service-role/AmazonECSTaskExecutionRolePolicy.',
  ],
  [
    /EFS IAM authorization requires/i,
    'Add taskRoleArn to the task definition: authorizationConfig.iam of an EFS volume uses the task role.',
  ],
  [
    /No Fargate configuration|Invalid 'cpu' setting|Invalid 'memory' setting/i,
    'Set cpu and memory of the task to a pair that Fargate has: 256 with 512 to 2048, 512 with 1024 to 4096, 1024 with 2048 to 8192, 2048 with 4096 to 16384, 4096 with 8192 to 30720.',
  ],
  [
    /be defined at the task level/i,
    'Set cpu and memory of the task itself, not only of its containers: Fargate needs both.',
  ],
  [/network mode/i, 'Set "networkMode": "awsvpc": Fargate has no other.'],
  [
    /secret name must be unique/i,
    'Give each variable either in environment or in secrets of a container, not in both and not twice.',
  ],
  [
    /host ports and container ports/i,
    'Leave hostPort out, or make it the same as containerPort: with awsvpc they are one.',
  ],
  [
    /At least one of 'memory'/i,
    'Set memory or memoryReservation of the container, or memory of the task.',
  ],
  [
    /sum of all container 'cpu'/i,
    'Lower cpu of the containers, or raise that of the task: their sum must fit.',
  ],
  [
    /essential container/i,
    'Set "essential": false for the container that others wait for with SUCCESS or COMPLETE.',
  ],
  [
    /Max allowed length/i,
    'Make the task definition shorter than 64 KiB: move long values of environment into files, parameters or the image.',
  ],
  [
    /Role is not valid/i,
    'Name roles that exist in the account of the cluster, by their full ARN with its path, in executionRoleArn and taskRoleArn.',
  ],
  [/requires options/i, 'Set awslogs-group and awslogs-region in the options of logConfiguration.'],
  [
    /task ?definition not found|unable to describe task definition/i,
    'Name a family or revision that exists in this region. Those that there are:\naws ecs list-task-definitions --status ACTIVE',
  ],
  [/is inactive/i, 'Name a revision that is still active, or register the task definition again.'],
]);

/** What ECS refuses in the settings of a service, or what keeps it from deploying with them. */
export const serviceSettings = adviceIn([
  [
    /minimumHealthyPercent|deployment configuration/i,
    'Lower minimumHealthyPercent or raise maximumPercent, so that one task more or one less may run during the deployment.',
  ],
  [
    /not compatible with the selected/i,
    'Let requiresCompatibilities of the task definition and launchType (or the capacity providers) of the service name the same: FARGATE, EC2 or EXTERNAL.',
  ],
  [
    /not configured to receive traffic|NotInUse/i,
    'Let a listener of the load balancer forward to the target group.',
  ],
  [
    /availability zone that is not enabled/i,
    'Enable each availability zone of the tasks for the load balancer.',
  ],
  [
    /does not have an associated load balancer/i,
    'Let a listener of a load balancer forward to the target group before the service uses it.',
  ],
  [
    /container \S+ does not exist in the task definition|did not have a container port/i,
    'Let loadBalancers of the service name a container and port that the task definition has, in portMappings.',
  ],
  [
    /Network Configuration must be provided/i,
    'Give the service a networkConfiguration with awsvpcConfiguration: subnets and security groups.',
  ],
  [
    /CODE_DEPLOY/,
    'Deploy this service by AWS CodeDeploy, or change it to the deployment controller ECS: only that one takes updates.',
  ],
  [
    /service linked role/i,
    'Create the role that ECS works with: aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com',
  ],
  [
    /missing permissions on ECS Infrastructure Role/i,
    'Attach the managed policy AmazonECSInfrastructureRolePolicyForLoadBalancers to the infrastructure role, which must trust ecs.amazonaws.com.',
  ],
  [
    /rules? not found|not associated with either/i,
    'Let productionListenerRule (and testListenerRule) of the service name listener rules that exist and forward to its target groups.',
  ],
  [
    /exactly one target group|unexpected target group/i,
    'Let the production listener rule send all traffic to one target group, the one of the revision that serves, before the deployment.',
  ],
  [
    /alternateTargetGroup|testListenerRule is required|advancedConfiguration/i,
    'Give each load balancer of the service an advancedConfiguration with alternateTargetGroupArn, productionListenerRule and roleArn, and testListenerRule where the production rule does not forward to both target groups.',
  ],
  [
    /target ?group .*does not exist/i,
    'Name a target group that exists in loadBalancers of the service.',
  ],
  [/not in the target group VPC/i, 'Use a target group of the VPC that the tasks run in.'],
  [
    /valid taskRoleArn/i,
    'Add taskRoleArn to the task definition: enableExecuteCommand of the service needs a task role.',
  ],
  [/PlatformUnknown/i, 'Name a platformVersion that exists, such as LATEST.'],
  [
    /subnet|security ?group/i,
    'Name subnets and security groups of one VPC that exist in networkConfiguration of the service.',
  ],
  [
    /maximumPercent <= 100/i,
    'Raise maximumPercent above 100, or set availabilityZoneRebalancing to DISABLED.',
  ],
]);

const clusterOption = ({ resource }: TiedCause) => {
  const path = parseArn(resource ?? '')?.resource.split('/') ?? [];
  return path.length === 3 ? `--cluster ${shellWord(path[1] ?? '')}` : '--cluster "<cluster>"';
};

export const existingService = (tied: TiedCause) =>
  `Name a service of the cluster, in the region of the credentials. Those that there are:\naws ecs list-services ${regionOption(tied.place)}${clusterOption(tied)}`;

export const existingCluster = ({ place }: TiedCause) =>
  `Name a cluster of this account and region: AWS_REGION and the credentials decide which. Those that there are:\naws ecs list-clusters ${regionOption(place)}`.trimEnd();

export const activeService = () =>
  'Create the service again: a deleted one is still found for a while, but takes no deployment.';

export const slowDown = () =>
  'Run fewer deployments at the same time (concurrency of the workflow), and try again: the limits count for all callers of the account in the region.';

export const tryAgain = () =>
  'Try again in a few minutes. The state of AWS is shown at https://health.aws.amazon.com/health/status';

export const alarms = ({ place }: TiedCause) =>
  `See which alarm went off and why, before the next deployment:\naws cloudwatch describe-alarms ${regionOption(place)}--state-value ALARM --query 'MetricAlarms[].[AlarmName,StateReason]' --output text`;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html */
export function lifecycleHook(tied: TiedCause): string | null {
  const { evidence, resource } = tied;
  if (/unable to assume role/i.test(evidence)) {
    return `Let ECS assume the role of the hook; its trust policy must be, or contain,\n${trusting('ecs.amazonaws.com')}`;
  }
  if (tied.action !== null) return permitCall(tied);
  if (/pause hook timed out/i.test(evidence)) {
    return 'Continue the deployment while it waits (aws ecs continue-service-deployment), or give the hook a longer timeoutInMinutes.';
  }
  if (/unable to parse the response/i.test(evidence)) {
    return 'Let the function return {"hookStatus": "SUCCEEDED"}, or FAILED or IN_PROGRESS.';
  }
  const name = /:function:([\w-]+)/.exec(`${resource ?? ''} ${evidence}`)?.[1];
  return name
    ? `The function of the hook returned FAILED; its log says why:\naws logs tail /aws/lambda/${name} ${regionOption(tied.place)}--since 1h`
    : null;
}

/** What is no class of its own: credentials that AWS does not take, a sum of what a task says. */
export const unknown = adviceIn([
  [
    /Essential container in task exited/i,
    'The exit codes and reasons of the containers say more:\naws ecs describe-tasks --cluster "<cluster>" --tasks "<task>" --query \'tasks[].containers[].[name,exitCode,reason]\' --output text',
  ],
  [
    /unable to consistently start tasks/i,
    'The stopped tasks say why they do not start; until then ECS tries more and more seldom:\naws ecs list-tasks --cluster "<cluster>" --service-name "<service>" --desired-status STOPPED',
  ],
  [
    /load credentials|CredentialsProvider/i,
    'Give the step credentials: run aws-actions/configure-aws-credentials before it.',
  ],
  [/under protection/i, 'End the scale-in protection of the old tasks, or wait until it expires.'],
  [
    /InvalidSignature|signature we calculated|UnrecognizedClient|security token .{0,40}invalid|InvalidClientTokenId/i,
    'Give the step credentials that are valid in this partition: run aws-actions/configure-aws-credentials before it, without an old AWS_SECRET_ACCESS_KEY beside it.',
  ],
  [
    /Expired/i,
    'Let the credentials live as long as the step: role-duration-seconds of aws-actions/configure-aws-credentials, and max session duration of the role.',
  ],
]);
