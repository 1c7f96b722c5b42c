import { describe, expect, it } from 'vitest';
import { certainties, type FailureClass } from '../../src/diagnosis/classes.ts';
import { toFinding } from '../../src/diagnosis/finding.ts';
import type { Cause, Context, PolicyKind } from '../../src/diagnosis/types.ts';
import {
  cause,
  context,
  database,
  definition,
  denial,
  executionRole,
  image,
  password,
} from './finding-factory.ts';

const classes = Object.keys(certainties) as FailureClass[];
const fix = (one: Cause, where?: Context) => toFinding(one, 1, where).fix ?? '';
const json = (text: string) => /^\{\n[\s\S]*?^\}$/m.exec(text)?.[0] ?? 'no JSON';
const policy = (one: Cause, where?: Context) => JSON.parse(json(fix(one, where)));

describe('the policy statement for a denied secret', () => {
  it('is to be added to the role, with the action and the ARN', () => {
    const one = denial({
      class: 'secret-access-denied',
      action: 'ssm:GetParameters',
      resource: password,
    });
    const expected = `Add to the policies of the execution role web-execution:
{
  "Effect": "Allow",
  "Action": "ssm:GetParameters",
  "Resource": "arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password"
}`;
    expect(fix(one)).toBe(expected);
    expect(fix(one, context())).toBe(expected);
  });

  it.each(['aws-cn:ssm:cn-north-1', 'aws-us-gov:ssm:us-gov-west-1'])(
    'keeps the partition of %s',
    (place) => {
      const resource = `arn:${place}:123456789012:parameter/password`;
      expect(policy(denial({ class: 'secret-access-denied', resource }))).toEqual({
        Effect: 'Allow',
        Action: 'ssm:GetParameters',
        Resource: resource,
      });
    },
  );

  it('has the ARN of a secret without its JSON key, and of a parameter without its version', () => {
    expect(
      policy(denial({ class: 'secretsmanager-access-denied', resource: `${database}:url::` })),
    ).toMatchObject({ Action: 'secretsmanager:GetSecretValue', Resource: database });
    expect(
      policy(denial({ class: 'secret-access-denied', resource: `${password}:3` })).Resource,
    ).toBe(password);
  });

  it('takes the ARN from the task definition where the text has a name or nothing', () => {
    const named = denial({ class: 'secret-access-denied', resource: '/web/prod/password' });
    expect(policy(named, context()).Resource).toBe(password);
    expect(policy(denial({ class: 'secretsmanager-access-denied' }), context()).Resource).toBe(
      database,
    );
  });

  it('builds the ARN of a name in the place of the deployment, and nowhere else', () => {
    const one = denial({ class: 'secret-access-denied', resource: '/other' });
    expect(policy(one, context()).Resource).toBe(
      'arn:aws:ssm:eu-west-1:123456789012:parameter/other',
    );
    expect(policy(one).Resource).toBe('<ARN of the parameter other>');
    expect(policy(denial({ class: 'secretsmanager-access-denied' })).Resource).toBe(
      '<ARN of the secret>',
    );
  });

  it('does not repeat an action that no service has', () => {
    const one = denial({ class: 'deployer-access-denied', action: '*', resource: '*' });
    expect(toFinding(one, 1).fix).toBeNull();
  });
});

describe('the policy statement for a KMS key', () => {
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/1b6a3f2e';

  it('is bound to the service that the secret is in', () => {
    const one = denial({ class: 'kms-denied', resource: key, evidence: 'from secrets manager' });
    expect(policy(one)).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: key,
      Condition: {
        StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
      },
    });
  });

  it('is bound to both where the text does not say which', () => {
    expect(policy(denial({ class: 'kms-denied', resource: key })).Condition).toEqual({
      StringEquals: {
        'kms:ViaService': ['ssm.eu-west-1.amazonaws.com', 'secretsmanager.eu-west-1.amazonaws.com'],
      },
    });
  });

  it('names the service as China does', () => {
    const resource = key.replace('aws:', 'aws-cn:').replace('eu-west-1', 'cn-north-1');
    const one = denial({
      class: 'kms-denied',
      resource,
      evidence: 'unable to retrieve secrets from ssm',
    });
    expect(policy(one).Condition.StringEquals['kms:ViaService']).toBe(
      'ssm.cn-north-1.amazonaws.com.cn',
    );
  });

  it('allows the action that was denied, if it is another', () => {
    const one = denial({ class: 'kms-denied', resource: key, action: 'kms:GenerateDataKey' });
    expect(policy(one).Action).toBe('kms:GenerateDataKey');
    expect(toFinding(one, 1).summary).toBe(
      'The execution role web-execution may not call kms:GenerateDataKey on key/1b6a3f2e.',
    );
  });

  it('leaves open what nobody knows', () => {
    const one = cause({ class: 'kms-denied', evidence: 'Access to KMS is not allowed' });
    expect(policy(one)).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '<ARN of the KMS key>',
    });
  });

  it('goes into the key policy where that is what denies, for the full ARN of the role', () => {
    const one = denial({
      class: 'kms-denied',
      action: 'kms:Decrypt',
      resource: key,
      policy: 'resource',
    });
    expect(fix(one, context())).toMatch(/^Add to the key policy of key\/1b6a3f2e;/);
    expect(policy(one, context())).toMatchObject({
      Principal: { AWS: executionRole },
      Action: 'kms:Decrypt',
      Resource: '*',
    });
    expect(policy(one).Principal).toEqual({ AWS: '<ARN of the role web-execution>' });
  });
});

describe('a denial by another policy than the own', () => {
  const one = (
    kind: PolicyKind | null,
    explicit: boolean | null,
    policyArn: string | null = null,
  ) =>
    denial({
      class: 'secret-access-denied',
      action: 'ssm:GetParameters',
      resource: password,
      fixableInRole: kind === null ? null : kind === 'identity',
      policy: kind,
      explicit,
      policyArn,
    });

  it.each<[PolicyKind, RegExp]>([
    ['resource', /^Add to the resource policy of parameter\/web\/prod\/password;/],
    ['session', /^Add to the session policy that the execution role web-execution is assumed with/],
    [
      'permissions-boundary',
      /^Add to the permissions boundary of the execution role web-execution;/,
    ],
    ['service-control', /^Ask the administrators .* service control policy/],
    ['resource-control', /^Ask the administrators .* resource control policies/],
    ['vpc-endpoint', /^Add to the policy of the VPC endpoint com\.amazonaws\.eu-west-1\.ssm that/],
  ])('is mended in the %s policy, not in the role', (kind, first) => {
    const text = fix(one(kind, false));
    expect(text).toMatch(first);
    expect(text).not.toContain('Add to the policies of');
    expect(policy(one(kind, false))).toMatchObject({
      Effect: 'Allow',
      Action: 'ssm:GetParameters',
    });
  });

  it.each<[PolicyKind | null, RegExp]>([
    ['identity', /^A policy of the execution role web-execution \(arn:x\) denies/],
    ['resource', /^The resource policy of parameter\/web\/prod\/password \(arn:x\) denies/],
    ['session', /^The session policy .* \(arn:x\) denies/],
    ['permissions-boundary', /^The permissions boundary of the execution role .* \(arn:x\) denies/],
    ['service-control', /^A service control policy of the AWS organization \(arn:x\) denies/],
    ['resource-control', /^A resource control policy of the AWS organization \(arn:x\) denies/],
    [
      'vpc-endpoint',
      /^The policy of the VPC endpoint com\.amazonaws\.eu-west-1\.ssm \(arn:x\) denies/,
    ],
    [null, /^A policy \(arn:x\) denies/],
  ])('that is explicit in a %s policy is to be removed; no Allow is offered', (kind, first) => {
    const text = fix(one(kind, true, 'arn:x'));
    expect(text).toMatch(first);
    expect(text).toContain(`denies ssm:GetParameters on ${password} explicitly. Remove or narrow`);
    expect(text).not.toContain('"Allow"');
  });

  it('that the text does not name may be another than that of the role', () => {
    expect(fix(one(null, null))).toMatch(/AWS does not say which policy denies it\..*$/);
    expect(fix(one('identity', false))).not.toContain('AWS does not say');
  });

  it('names both endpoints of ECR, as China calls them', () => {
    const resource = 'arn:aws-cn:ecr:cn-north-1:123456789012:repository/web';
    const action = 'ecr:BatchGetImage';
    expect(
      fix(denial({ class: 'image-access-denied', action, resource, policy: 'vpc-endpoint' })),
    ).toContain('cn.com.amazonaws.cn-north-1.ecr.api and cn.com.amazonaws.cn-north-1.ecr.dkr');
  });

  it('of a trust policy is mended there', () => {
    const resource = 'arn:aws:iam::123456789012:role/hook';
    const text = fix({
      ...one('role-trust', false),
      class: 'deployer-access-denied',
      action: 'sts:AssumeRole',
      resource,
    });
    expect(text).toMatch(/^Add to the trust policy of the role hook;/);
  });

  it('of a role that AWS keeps is not to be added to', () => {
    const principal = 'AWSServiceRoleForECS';
    const text = fix({
      ...one('identity', false),
      principal,
      principalKind: 'service-linked-role',
    });
    expect(text).toMatch(/^AWS itself keeps the policy of AWSServiceRoleForECS/);
  });
});

describe('the policy for the execution role', () => {
  it('lets it pull an image: three actions on the repository, the token on all', () => {
    const one = cause({ class: 'image-access-denied', resource: image });
    expect(policy(one, context())).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'ecr:BatchCheckLayerAvailability',
            'ecr:GetDownloadUrlForLayer',
            'ecr:BatchGetImage',
          ],
          Resource: 'arn:aws:ecr:eu-west-1:123456789012:repository/web',
        },
        { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      ],
    });
    const repository = 'A repository of another account';
    expect(fix(one, context())).not.toContain(repository);
    expect(fix({ ...one, resource: image.replace('1', '9') }, context())).toContain(repository);
  });

  it('reads the partition of a repository from the host of the registry', () => {
    const host = '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/web:1';
    expect(
      policy(cause({ class: 'image-access-denied', resource: host })).Statement[0].Resource,
    ).toBe('arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/web');
  });

  it('asks for credentials where the registry is not ECR', () => {
    const one = cause({
      class: 'image-access-denied',
      resource: 'ghcr.io/team/web:1',
      container: 'app',
    });
    expect(fix(one)).toContain('repositoryCredentials.credentialsParameter of container app');
  });

  it('lets it write logs to all streams of the group, in the region of the driver', () => {
    expect(policy(denial({ class: 'log-access-denied' }), context())).toMatchObject({
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: 'arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/web:*',
    });
    const resource = 'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/x:log-stream:ecs/app/1';
    const action = 'logs:CreateLogGroup';
    expect(policy(denial({ class: 'log-access-denied', action, resource }))).toMatchObject({
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: 'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/x:*',
    });
  });

  it('lets it read the environment file and find its bucket', () => {
    const one = cause({ class: 'env-file', evidence: 'api error Forbidden: Forbidden' });
    expect(policy(one, context()).Statement).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::web-config/prod.env' },
      { Effect: 'Allow', Action: 's3:GetBucketLocation', Resource: 'arn:aws:s3:::web-config' },
    ]);
    expect(policy(one).Statement[0].Resource).toBe('<ARN of the environment file>');
  });

  it('lets it get a token for ECR', () => {
    const one = denial({
      class: 'registry-auth-denied',
      action: 'ecr:GetAuthorizationToken',
      resource: '*',
    });
    expect(policy(one)).toMatchObject({ Action: 'ecr:GetAuthorizationToken', Resource: '*' });
    expect(fix(one)).toContain('service-role/AmazonECSTaskExecutionRolePolicy');
  });
});

describe('the policy for roles', () => {
  it('lets ECS assume the role, by the same service in each partition', () => {
    for (const partition of ['aws', 'aws-cn', 'aws-us-gov']) {
      const resource = `arn:${partition}:iam::123456789012:role/web-execution`;
      const one = cause({ class: 'role-not-assumable', resource });
      expect(fix(one)).toMatch(/^Let ECS assume the role web-execution, which must exist/);
      expect(policy(one)).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      });
    }
  });

  it('does not tell tasks to assume roles that are not theirs', () => {
    const one = (principalKind: Cause['principalKind']) =>
      fix(cause({ class: 'role-not-assumable', principalKind }));
    expect(one('deployer')).toContain('identity provider of GitHub');
    expect(one('service-linked-role')).toContain('create-service-linked-role');
    expect(one('infrastructure-role')).toContain('"ecs.amazonaws.com"');
  });

  it('lets the deployer pass the role to tasks only', () => {
    const one = denial({
      class: 'pass-role-denied',
      principal: 'web-deployer',
      principalKind: 'deployer',
      action: 'iam:PassRole',
      resource: executionRole,
    });
    expect(fix(one)).toMatch(/^Add to the policies of the deployer role web-deployer:/);
    expect(policy(one)).toEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: executionRole,
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });

  it('lets the infrastructure role pass the role of instances to EC2', () => {
    const one = denial({ class: 'pass-role-denied', principalKind: 'infrastructure-role' });
    expect(policy(one).Condition.StringEquals['iam:PassedToService']).toBe('ec2.amazonaws.com');
  });

  it('lets the task role do what the log says, and the deployer what AWS denied', () => {
    const call = { action: 's3:GetObject', resource: 'arn:aws:s3:::uploads/a' };
    const app = denial({ class: 'app-exit', principal: 't', principalKind: 'task-role', ...call });
    expect(fix(app)).toMatch(/^Add to the policies of the task role t:/);
    expect(policy(app)).toMatchObject({ Action: 's3:GetObject', Resource: call.resource });
    const action = 'ecs:RegisterTaskDefinition';
    const register = denial({ class: 'deployer-access-denied', principalKind: 'deployer', action });
    expect(policy(register).Resource).toBe('*');
  });
});

describe('what is to be created', () => {
  it('is a parameter, with a value that is typed in and shown nowhere', () => {
    const one = cause({ class: 'secret-not-found', resource: '/web/prod/password' });
    expect(fix(one, context())).toBe(
      'Create the parameter in eu-west-1, or correct its name in containerDefinitions[0].secrets[0].valueFrom line 24 if another was meant (the value is asked for when this runs):\n' +
        'read -rs VALUE && printf %s "$VALUE" | aws ssm put-parameter --region eu-west-1 --name /web/prod/password --type SecureString --value file:///dev/stdin',
    );
    expect(fix({ ...one, resource: password })).toContain('--name /web/prod/password ');
  });

  it('is quoted for the shell', () => {
    const resource = "/a'; rm -rf ~ $(x) `y`";
    expect(fix(cause({ class: 'secret-not-found', resource }))).toContain(
      "--name '/a'\\''; rm -rf ~ $(x) `y`' ",
    );
    expect(fix(cause({ class: 'log-group-missing', resource: '$(x)' }))).toContain(
      "--log-group-name '$(x)'",
    );
    expect(fix(cause({ class: 'image-not-found', resource: 'x/$(y):1' }))).toContain(
      "docker manifest inspect 'x/$(y):1'",
    );
  });

  it('is a value, or the secret itself, by what AWS says of it', () => {
    const one = (evidence: string) =>
      fix(cause({ class: 'secretsmanager-not-found', resource: `${database}:url::`, evidence }));
    expect(one('because it was marked for deletion')).toContain(
      `aws secretsmanager restore-secret --region eu-west-1 --secret-id ${database}`,
    );
    expect(one("can't find the specified secret value for staging label: AWSCURRENT")).toContain(
      `put-secret-value --region eu-west-1 --secret-id ${database} --secret-string file:///dev/stdin`,
    );
    expect(one("can't find the specified secret.")).toContain('--secret-id web/db --query ARN');
  });

  it('is the JSON key that the text or the reference names', () => {
    const evidence = 'did not contain json key url';
    expect(policy(cause({ class: 'secret-key-missing', evidence }))).toEqual({ url: '<value>' });
    const notJson = cause({ class: 'secret-key-missing', evidence: "invalid character 'p'" });
    expect(fix(notJson, context())).toMatch(/^Either drop the JSON key from valueFrom in /);
    expect(policy(notJson, context())).toEqual({ url: '<value>' });
  });

  it('is the log group, by hand or by ECS', () => {
    const text = fix(cause({ class: 'log-group-missing' }), context());
    expect(text).toContain(
      'aws logs create-log-group --region eu-central-1 --log-group-name /ecs/web\n',
    );
    expect(JSON.parse(json(text))).toEqual({
      Effect: 'Allow',
      Action: 'logs:CreateLogGroup',
      Resource: 'arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/web:*',
    });
    expect(fix(cause({ class: 'log-group-missing' }))).toContain('"<name of the log group>"');
  });

  it('is the image, whose newest tags are shown', () => {
    expect(fix(cause({ class: 'image-not-found', resource: image }))).toBe(
      'Push web:9d04e11, or name a tag that exists. The newest ones are shown by\n' +
        "aws ecr describe-images --region eu-west-1 --registry-id 123456789012 --repository-name web --query 'sort_by(imageDetails,&imagePushedAt)[-5:].[imagePushedAt,imageTags]' --output text",
    );
  });

  it('is an image for the platform of the task', () => {
    const mismatch = cause({ class: 'image-platform-mismatch', platform: 'linux/arm64' });
    expect(fix(mismatch)).toContain('docker build --platform linux/arm64 -t "<image>" --push .');
    expect(policy(mismatch).runtimePlatform.cpuArchitecture).toBe('X86_64');

    const variant = cause({ class: 'image-platform-mismatch', platform: 'linux/arm64/v8' });
    expect(fix(variant)).toBe(fix(mismatch));
    const windows = cause({ class: 'image-platform-mismatch', platform: 'windows/amd64' });
    expect(fix(windows)).toContain('docker build --platform windows/amd64 ');

    const format = cause({ class: 'exec-format', container: 'app' });
    expect(fix(format, context())).toContain(`docker build --platform linux/amd64 -t ${image} `);
    const arm = context({ runtimePlatform: { cpuArchitecture: 'ARM64' } });
    expect(fix(format, arm)).toContain(`docker build --platform linux/arm64 -t ${image} `);
    expect(fix(format)).toContain('linux/amd64');
    expect(fix(format)).toContain('linux/arm64');
  });
});

describe('a route', () => {
  it.each<[FailureClass, string, readonly string[]]>([
    ['secret-network', 'unable to retrieve secrets from ssm', ['com.amazonaws.eu-west-1.ssm,']],
    [
      'secret-network',
      'unable to retrieve secret from asm',
      ['com.amazonaws.eu-west-1.secretsmanager,'],
    ],
    [
      'registry-network',
      'unable to retrieve ecr registry auth',
      [
        'com.amazonaws.eu-west-1.ecr.api and com.amazonaws.eu-west-1.ecr.dkr,',
        'the gateway VPC endpoint com.amazonaws.eu-west-1.s3 in',
      ],
    ],
    ['log-network', 'signal: killed', ['com.amazonaws.eu-west-1.logs,']],
  ])('for %s goes by NAT, a public address, or the endpoints: %s', (name, evidence, endpoints) => {
    const text = fix(cause({ class: name, evidence }), context());
    for (const part of ['NAT gateway', 'assignPublicIp ENABLED', 'port 443', ...endpoints]) {
      expect(text).toContain(part);
    }
  });

  it('has the endpoint names of China', () => {
    const where = context();
    const china = {
      ...where,
      place: { ...where.place, partition: 'aws-cn', region: 'cn-north-1' },
    };
    const text = fix(cause({ class: 'registry-network', evidence: 'ecr registry auth' }), china);
    expect(text).toContain('cn.com.amazonaws.cn-north-1.ecr.api and cn.com.');
    expect(text).toContain(' com.amazonaws.cn-north-1.s3 ');
    const secrets = cause({ class: 'secret-network', evidence: 'secrets from ssm' });
    expect(fix(secrets, china)).toContain(' com.amazonaws.cn-north-1.ssm,');
  });

  it('takes the region from the text, where that names one', () => {
    const evidence = 'Post "https://api.ecr.ap-south-1.amazonaws.com/": i/o timeout';
    expect(fix(cause({ class: 'registry-network', evidence }))).toContain(
      'com.amazonaws.ap-south-1.ecr.api',
    );
    const two = `${evidence} eu-west-1`;
    expect(fix(cause({ class: 'registry-network', evidence: two }))).toContain(
      'endpoints for ecr.api and ecr.dkr,',
    );
  });

  it('to another registry needs the internet', () => {
    const evidence = 'Head "https://registry-1.docker.io/v2/": dial tcp: i/o timeout';
    const text = fix(cause({ class: 'registry-network', evidence }));
    expect(text).toContain('no VPC endpoint leads there');
    expect(text).toContain('NAT gateway');
    const resource = 'auth.docker.io';
    expect(fix(cause({ class: 'registry-network', resource, evidence: 'not ecr' }))).toBe(text);
  });
});

describe('advice for running containers', () => {
  it('names the memory limit that was reached', () => {
    const one = cause({ class: 'out-of-memory', container: 'app' });
    expect(fix(one, context())).toContain('container app (512 MiB, set by memory of the task)');
    const [app = {}] = definition.containerDefinitions ?? [];
    const limited = context({ containerDefinitions: [{ ...app, memory: 256 }] });
    expect(fix(one, limited)).toContain('container app (256 MiB, set by memory of the container)');
  });

  it('says what the exit code means and where the log is', () => {
    const text = fix(cause({ class: 'app-exit', container: 'app', exitCode: 127 }), context());
    expect(text).toContain('A command was not found');
    expect(text).toContain(
      'aws logs tail /ecs/web --log-stream-name-prefix ecs/app/ --region eu-central-1 --since 1h',
    );
  });

  it('changes the path or codes of a health check that is answered, and the way to one that is not', () => {
    const one = (evidence: string) => fix(cause({ class: 'elb-health-check', evidence }));
    expect(one('Health checks failed with these codes: [404]')).toContain('instead of 404');
    expect(one('Request timed out')).toContain('security group');
  });
});

describe('advice for what ECS refuses', () => {
  it.each<[FailureClass, string, RegExp]>([
    ['bad-task-definition', "specify a value for 'executionRoleArn'", /^Add executionRoleArn /],
    ['bad-task-definition', 'No Fargate configuration exists', /^Set cpu and memory /],
    ['bad-task-definition', 'TaskDefinition not found.', /^Name a family or revision /],
    ['bad-service-settings', 'One or more rules not found', /^Let productionListenerRule /],
    [
      'bad-service-settings',
      'Network Configuration must be provided: subnets are missing',
      /^Give the service a networkConfiguration/,
    ],
    ['bad-service-settings', 'InvalidSubnetID.NotFound', /^Name subnets and security groups /],
    ['placement-failed', 'has insufficient CPU units available', /^Add container instances /],
    ['placement-failed', 'No Container Instances were found', /^Register container instances /],
    ['image-pull-other', 'no space left on device', /^Give the task more ephemeralStorage /],
    ['image-pull-other', "number of layers and diffIDs don't match", /^Build and push /],
    ['container-start-failed', 'executable file not found in $PATH', /^Correct entryPoint /],
    [
      'other',
      'The security token included in the request is expired',
      /^Let the credentials live /,
    ],
    ['other', 'Essential container in task exited', /^The exit codes and reasons /],
  ])('fits the words of %s: %s', (name, evidence, expected) => {
    expect(fix(cause({ class: name, evidence }))).toMatch(expected);
  });

  it('is none where nobody knows one', () => {
    for (const name of ['bad-task-definition', 'bad-service-settings', 'other'] as const) {
      expect(toFinding(cause({ class: name, evidence: 'something new' }), 1).fix).toBeNull();
    }
  });
});

describe('a remedy', () => {
  it.each(classes)('for %s is paragraphs and JSON that parses, whatever is known', (name) => {
    const policies: readonly (PolicyKind | null)[] = [null, 'identity', 'resource', 'vpc-endpoint'];
    for (const where of [undefined, context()]) {
      for (const kind of policies) {
        for (const resource of [null, '*', password, image, executionRole, 'x y']) {
          const text = fix(
            denial({ class: name, policy: kind, resource, action: 'ssm:GetParameters' }),
            where,
          );
          expect(text).not.toMatch(/undefined|null|\[object|<>|`/);
          for (const [block] of text.matchAll(/^\{\n[\s\S]*?^\}$/gm)) JSON.parse(block);
          expect(text.match(/^\{$/gm)?.length).toBe(text.match(/^\}$/gm)?.length);
        }
      }
    }
  });
});
