import { describe, expect, it } from 'vitest';
import { type Denial, parseAccessDenied } from '../../src/diagnosis/access-denied.ts';

const ACCOUNT = '123456789012';
const TASK = '17cbd22653424f62971b13fffcf6113e';
const ROLE = `arn:aws:sts::${ACCOUNT}:assumed-role/web-execution/${TASK}`;
const PARAMETER = `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/web/password`;

const only = (text: string): Denial | undefined => {
  const denials = parseAccessDenied(text);
  expect(denials).toHaveLength(1);
  return denials[0];
};
const sentence = (user: string, rest = '') =>
  `User: ${user} is not authorized to perform: ssm:GetParameters on resource: ${PARAMETER}${rest}`;

describe('who', () => {
  it.each([
    [ROLE, 'web-execution', TASK],
    [`arn:aws:sts::${ACCOUNT}:assumed-role/ecs.task.web/${TASK}`, 'ecs.task.web', TASK],
    [`arn:aws:sts::${ACCOUNT}:assumed-role/team/apps/web/${TASK}`, 'web', TASK],
    [`arn:aws:sts::***:assumed-role/web/${TASK}`, 'web', TASK],
    [`arn:aws:sts::<account>:assumed-role/web/me@example.com`, 'web', 'me@example.com'],
    [`arn:aws:iam::${ACCOUNT}:user/team/ann`, `arn:aws:iam::${ACCOUNT}:user/team/ann`, null],
    [`arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${ACCOUNT}:root`, null],
    [
      `arn:aws:sts::${ACCOUNT}:federated-user/ann`,
      `arn:aws:sts::${ACCOUNT}:federated-user/ann`,
      null,
    ],
    [`arn:aws:iam::${ACCOUNT}:role/web`, `arn:aws:iam::${ACCOUNT}:role/web`, null],
    ['anonymous', null, null],
  ])('%s', (user, principal, session) => {
    expect(only(sentence(user))).toMatchObject({ principal, session, action: 'ssm:GetParameters' });
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-eusc'])(
    'in the partition %s',
    (partition) => {
      const resource = `arn:${partition}:s3:::web/prod.env`;
      expect(
        only(
          `User: arn:${partition}:sts::${ACCOUNT}:assumed-role/web/x is not authorized to perform: s3:GetObject on resource: ${resource} because no identity-based policy allows the s3:GetObject action`,
        ),
      ).toMatchObject({ principal: 'web', resource });
    },
  );

  it('is the word before, where no "User:" introduces it', () => {
    expect(only(`${ROLE} is not authorized to perform: ecs:RunTask`)?.principal).toBe(
      'web-execution',
    );
  });
});

describe('what', () => {
  it.each([
    [`on resource: ${PARAMETER} because no identity-based policy allows the x:Y action`, PARAMETER],
    [`on resource: "${PARAMETER}" because no identity-based policy allows`, PARAMETER],
    [`on resource: “${PARAMETER}” because no identity-based policy allows`, PARAMETER],
    [`on resource: '${PARAMETER}' with an explicit deny`, PARAMETER],
    [`on resource: * because no identity-based policy allowsthe x:Y action`, '*'],
    [`on resource:\n${PARAMETER}\nbecause no identity-based policy`, PARAMETER],
    [`on resource:   ${PARAMETER}   because no identity-based policy`, PARAMETER],
    [`on resource: ${PARAMETER} status code: 400, request id: 1`, PARAMETER],
    [`on resource: ${PARAMETER} (Service: AmazonSSM; Status Code: 400; Request ID: 1)`, PARAMETER],
    [`on resource: ${PARAMETER}`, PARAMETER],
    [`on resource: ${PARAMETER}.`, PARAMETER],
    [`on resource: ${PARAMETER}, and so on`, PARAMETER],
    ['on resource: *', '*'],
    // The ARN was wrapped by a terminal in its middle.
    [
      `on resource: ${PARAMETER.replace('/web/', '/web/\n  ')} because no identity-based policy`,
      PARAMETER,
    ],
    [
      'on resource: arn:aws:s3:::web/a file.env because no identity-based policy',
      'arn:aws:s3:::web/a file.env',
    ],
    [
      'on resource: arn:aws:logs:eu-west-1:1:log-group:/ecs/web:log-stream: because no',
      'arn:aws:logs:eu-west-1:1:log-group:/ecs/web:log-stream:',
    ],
    ['on this resource because the resource does not exist in this Region', null],
    ['on the resource associated with this ciphertext because no identity-based policy', null],
    ['because no identity-based policy allows the ssm:GetParameters action', null],
    [`on resource: ${PARAMETER}...`, null],
    [`on resource: ${PARAMETER}…`, null],
    [`on resource: ${PARAMETER.slice(0, -4)}...`, null],
    ['on resource: arn:aws:ssm:eu-west-1', null],
    ['on resource: arn:aws:ssm:eu-west-1:1:parameter/', null],
    ['on resource:', null],
  ])('%s', (rest, resource) => {
    expect(
      only(`User: ${ROLE} is not authorized to perform: ssm:GetParameters ${rest}`)?.resource,
    ).toBe(resource);
  });

  it.each([
    ['ssm:GetParameters on resource: *', 'ssm:GetParameters'],
    ['"ssm:GetParameters" on resource: *', 'ssm:GetParameters'],
    ['ecs:RunTask', 'ecs:RunTask'],
    ['\necs:RunTask\non resource: *', 'ecs:RunTask'],
    ['ecr-public:GetAuthorizationToken on resource: *', 'ecr-public:GetAuthorizationToken'],
    ['ecs:Run...', null],
    ['ecs:Run…', null],
  ])('the action %s', (rest, action) => {
    expect(only(`User: ${ROLE} is not authorized to perform: ${rest}`)?.action).toBe(action);
  });

  it('inside a frame of ECS, what stands at the very end was cut off', () => {
    const frame = 'ResourceInitializationError: service call has been retried 1 time(s): ';
    expect(only(`${frame}User: ${ROLE} is not authorized to perform: ssm:GetParam`)).toMatchObject({
      principal: 'web-execution',
      action: null,
    });
    expect(only(frame + sentence(ROLE).slice(0, -3))).toMatchObject({
      action: 'ssm:GetParameters',
      resource: null,
    });
    expect(only(`${frame}User: arn:aws:sts::${ACCOUNT}:assumed-role/web-exec`)).toMatchObject({
      principal: null,
    });
    expect(only(`${frame}User: arn:aws:sts::${ACCOUNT}:assumed-role/web/17cb...`)).toMatchObject({
      principal: 'web',
      action: null,
    });
  });
});

describe('which policy', () => {
  it.each([
    ['identity-based policy', 'identity'],
    ['resource-based policy', 'resource'],
    ['session policy', 'session'],
    ['permissions boundary', 'permissions-boundary'],
    ['VPC endpoint policy', 'vpc-endpoint'],
    ['service control policy', 'service-control'],
    ['resource control policy', 'resource-control'],
    ['role trust policy', 'role-trust'],
  ])('a missing allow or an explicit deny of the %s', (words, policy) => {
    expect(
      only(sentence(ROLE, ` because no ${words} allows the ssm:GetParameters action`)),
    ).toMatchObject({ policy, explicit: false, policyArn: null });
    const article = words === 'role trust policy' ? 'the' : /^[aeiou]/.test(words) ? 'an' : 'a';
    const denied = ` with an explicit deny in ${article} ${words}`;
    expect(only(sentence(ROLE, denied))).toMatchObject({ policy, explicit: true, policyArn: null });
    const arn = `arn:aws:iam::${ACCOUNT}:policy/limits`;
    expect(only(sentence(ROLE, `${denied}: ${arn}`))).toMatchObject({ policy, policyArn: arn });
    expect(only(sentence(ROLE, `${denied}: ${arn}.`))).toMatchObject({ policyArn: arn });
    expect(only(sentence(ROLE, `${denied}: ${arn.slice(0, -3)}...`))).toMatchObject({
      policy,
      policyArn: null,
    });
  });

  it.each([
    ['', null, null],
    [' with an explicit deny', null, true],
    [' because no identity-ba', null, false],
    [' because no session policies allow it', 'session', false],
    [
      ' because no identity-based policy allows the ssm:GetParameters action Go to https://console.aws.amazon.com/iam/home#/access-troubleshooter for complete details',
      'identity',
      false,
    ],
  ])('the words %j', (rest, policy, explicit) => {
    expect(only(sentence(ROLE, rest))).toMatchObject({ policy, explicit });
  });

  it('of a key that no resource-based policy opens', () => {
    expect(
      only(
        `User: ${ROLE} is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
      ),
    ).toMatchObject({ action: 'kms:Decrypt', resource: null, policy: 'resource', explicit: null });
  });
});

describe('the text', () => {
  it('may hold several sentences', () => {
    const texts = ['ssm:GetParameters', 'kms:Decrypt'].map(
      (action) =>
        `AccessDeniedException: User: ${ROLE} is not authorized to perform: ${action} on resource: ${PARAMETER} because no identity-based policy allows the ${action} action`,
    );
    expect(
      parseAccessDenied(texts.join('\n')).map(({ action, principal }) => [action, principal]),
    ).toEqual([
      ['ssm:GetParameters', 'web-execution'],
      ['kms:Decrypt', 'web-execution'],
    ]);
  });

  it('may hold none', () => {
    expect(parseAccessDenied('')).toEqual([]);
    expect(parseAccessDenied('Access Denied')).toEqual([]);
    expect(parseAccessDenied('You are not authorized to perform this operation.')).toEqual([]);
    expect(parseAccessDenied('User: somebody logged in')).toEqual([]);
  });

  it('ends with an encoded message that says no more', () => {
    expect(
      only(
        `You are not authorized to perform this operation. ${sentence(ROLE, ' because no identity-based policy allows the ssm:GetParameters action. Encoded authorization failure message: AbCdEf')}`,
      ),
    ).toMatchObject({ principal: 'web-execution', resource: PARAMETER, policy: 'identity' });
  });
});
