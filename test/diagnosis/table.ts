import { expect, it } from 'vitest';
import { causesOf } from '../../src/diagnosis/causes.ts';
import type { FailureClass } from '../../src/diagnosis/classes.ts';
import type { Cause, Evidence } from '../../src/diagnosis/types.ts';

/** What a cause must be; a field that is not given must be null where AWS's words could name it. */
export type Expected = { readonly class: FailureClass } & Partial<
  Omit<Cause, 'class' | 'evidence'>
>;

/** One text of AWS and the causes that it shows: none for normal life. */
export interface Row {
  readonly evidence: Evidence;
  readonly text: string;
  readonly expected: readonly Expected[];
}

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const TASK = '17cbd22653424f62971b13fffcf6113e';
export const REQUEST = '119b9aff-b7c0-4a82-a57c-f193bd929bc1';
export const GROUP = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/web/4fe72fe75cdf9149`;

const listed = (expected: Expected | readonly Expected[] | 'none'): readonly Expected[] =>
  expected === 'none' ? [] : [expected].flat();

export type Wanted = Expected | readonly Expected[] | 'none';

/** A task that did not start, with the reason of the task itself. */
export const task = (reason: string, expected: Wanted): Row => ({
  evidence: {
    kind: 'stopped-task',
    stopCode: 'TaskFailedToStart',
    stoppedReason: reason,
    containers: [],
  },
  text: reason,
  expected: listed(expected),
});

/** A task that did not start, with the reason of its only container. */
export const container = (reason: string, expected: Wanted): Row => ({
  evidence: {
    kind: 'stopped-task',
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'Task failed to start',
    containers: [{ name: 'app', exitCode: null, reason }],
  },
  text: reason,
  expected: listed(expected).map((one) => ({ container: 'app', ...one })),
});

export const event = (message: string, expected: Wanted): Row => ({
  evidence: { kind: 'service-event', message },
  text: message,
  expected: listed(expected),
});

export const api = (operation: string, name: string, message: string, expected: Wanted): Row => ({
  evidence: { kind: 'api-error', operation, name, message },
  text: `${operation}: ${name}: ${message}`,
  expected: listed(expected),
});

export const deployment = (status: string, reason: string | null, expected: Wanted): Row => ({
  evidence: { kind: 'service-deployment', status, statusReason: reason },
  text: `${status}: ${reason}`,
  expected: listed(expected),
});

export const target = (
  state: string,
  reason: string | null,
  description: string | null,
  expected: Wanted,
): Row => ({
  evidence: { kind: 'target-health', state, reason, description },
  text: `${state}: ${reason}: ${description}`,
  expected: listed(expected),
});

/** A row for each of `texts`, which all say the same. */
export const each = (
  row: (text: string, expected: Wanted) => Row,
  expected: Wanted,
  texts: readonly string[],
): Row[] => texts.map((text) => row(text, expected));

const FIELDS = [
  'principal',
  'principalKind',
  'action',
  'resource',
  'fixableInRole',
  'policy',
  'explicit',
  'policyArn',
  'container',
  'exitCode',
  'platform',
] as const;

/** The fields in which causes are compared. */
export const factsOf = (cause: Expected | Cause) => ({
  class: cause.class,
  ...Object.fromEntries(FIELDS.map((field) => [field, cause[field] ?? null])),
});

/** One test for each row; its name is what AWS says. */
export function checkRows(rows: readonly Row[]): void {
  for (const { evidence, text, expected } of rows) {
    const what = expected.map((one) => one.class).join(', ') || 'normal life';
    it(`${what}: ${text.replace(/\s+/g, ' ').slice(0, 180)}`, () => {
      expect(causesOf(evidence).map(factsOf)).toEqual(expected.map(factsOf));
    });
  }
}

/** A missing statement in the role's own policy. */
export const missing = {
  fixableInRole: true,
  policy: 'identity',
  explicit: false,
} as const;

/** `User: … is not authorized to perform: ACTION on resource: RESOURCE because …`. */
export const denial = (
  action: string,
  resource: string,
  { role = 'web-execution', session = TASK, partition = 'aws' } = {},
) =>
  `User: arn:${partition}:sts::${ACCOUNT}:assumed-role/${role}/${session} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
