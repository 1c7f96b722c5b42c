import { describe, expect, it } from 'vitest';
import { causesOf } from '../../src/diagnosis/causes.ts';
import type { FailureClass } from '../../src/diagnosis/classes.ts';
import type { Evidence } from '../../src/diagnosis/types.ts';
import { ACCOUNT, denial, REQUEST } from './table.ts';

const RIE = 'ResourceInitializationError: ';
const PARAMETER = `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/web/prod/database/password`;
const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:web/prod/database-AbC12d`;
const GROUP = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/ecs/web:log-stream:`;
const IMAGE = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/web:9d04e11`;

interface Long {
  readonly text: string;
  readonly principal: string | null;
  readonly action: string | null;
  readonly resource: string | null;
  /** What may be said of a part of the text. */
  readonly classes: readonly FailureClass[];
}

const longs: readonly Long[] = [
  {
    text: `${RIE}unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: ${denial('ssm:GetParameters', PARAMETER, { role: 'web-execution-role' })} status code: 400, request id: ${REQUEST}`,
    principal: 'web-execution-role',
    action: 'ssm:GetParameters',
    resource: PARAMETER,
    classes: ['secret-access-denied', 'secret-network', 'other'],
  },
  {
    text: `${RIE}unable to pull secrets or registry auth: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: ${REQUEST}, api error AccessDeniedException: ${denial('secretsmanager:GetSecretValue', SECRET)}`,
    principal: 'web-execution',
    action: 'secretsmanager:GetSecretValue',
    resource: SECRET,
    classes: ['secretsmanager-access-denied', 'secret-network', 'other'],
  },
  {
    text: `${RIE}failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/ecs.task.web/17cbd22653424f62971b13fffcf6113e is not authorized to perform: logs:CreateLogStream on resource: ${GROUP} with an explicit deny in a service control policy: arn:aws:organizations::${ACCOUNT}:policy/o-aaabbbccc/service_control_policy/p-0xn1knc2 : exit status 1`,
    principal: 'ecs.task.web',
    action: 'logs:CreateLogStream',
    resource: GROUP,
    classes: ['log-access-denied', 'log-network', 'other'],
  },
  {
    text: `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${IMAGE}: ${IMAGE}: not found`,
    principal: null,
    action: null,
    resource: IMAGE,
    classes: ['image-not-found', 'image-pull-other', 'other'],
  },
];

const kinds: Record<string, (text: string) => Evidence> = {
  'a task': (text) => ({
    kind: 'stopped-task',
    stopCode: 'TaskFailedToStart',
    stoppedReason: text,
    containers: [],
  }),
  'an event': (text) => ({
    kind: 'service-event',
    message: `(service web) was unable to place a task. Reason: ${text}`,
  }),
};

const endings: Record<string, string> = { nothing: '', 'three dots': '...', 'an ellipsis': '…' };

describe('a text that was cut off names nothing that is not there whole', () => {
  for (const { text, principal, action, resource, classes } of longs) {
    for (const [kind, evidence] of Object.entries(kinds)) {
      it.each(Object.entries(endings))(
        `${text.slice(0, 50)}… of ${kind}, with %s after it`,
        (_, ending) => {
          for (let length = 40; length < text.length; length += 1) {
            const part = text.slice(0, length) + ending;
            for (const cause of causesOf(evidence(part))) {
              expect(classes, part).toContain(cause.class);
              expect([null, principal], part).toContain(cause.principal);
              expect([null, action], part).toContain(cause.action);
              expect([null, resource], part).toContain(cause.resource);
            }
          }
        },
      );
    }
  }

  it.each(longs)(
    'the whole text names all: $text',
    ({ text, principal, action, resource, classes }) => {
      const [cause] = causesOf({
        kind: 'stopped-task',
        stopCode: 'TaskFailedToStart',
        stoppedReason: text,
        containers: [],
      });
      expect(cause).toMatchObject({ class: classes[0], principal, action, resource });
    },
  );
});
