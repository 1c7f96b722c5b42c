import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diagnosis/types.ts';
import { certainCause } from '../../src/rollout/findings.ts';
import { deployment, finding, old, start, stateAfter, stoppedTask } from '../support/rollout.ts';

const at = (own: Parameters<typeof deployment>[0], seconds = 40) =>
  stateAfter([{ seconds, service: { deployments: [deployment(own), old()] } }]);

/** Whether the finding of stopped tasks makes the failure certain. */
const byTasks = (
  one: Partial<Finding>,
  state = at({ running: 0 }),
  foreseen: readonly Finding[] = [],
) => {
  const found = [finding(one)];
  return certainCause(state, { fromTasks: found, findings: found }, foreseen) !== undefined;
};
/** The same where only events show it. */
const byEvents = (one: Partial<Finding>, state = at({}), foreseen: readonly Finding[] = []) =>
  certainCause(state, { fromTasks: [], findings: [finding(one)] }, foreseen) !== undefined;

describe('a rollout is certain to fail', () => {
  it.each([
    'secret-not-found',
    'image-not-found',
    'image-platform-mismatch',
    'log-group-missing',
  ] as const)('with the first task that meets %s', (name) => {
    expect(byTasks({ class: name })).toBe(true);
  });

  it('with the second task that is denied, as a new policy takes a moment to be seen', () => {
    expect(byTasks({ count: 1 })).toBe(false);
    expect(byTasks({ count: 2 })).toBe(true);
  });

  it('with the first task that is denied where the preflight had found the same', () => {
    expect(byTasks({ count: 1 }, undefined, [finding()])).toBe(true);
    expect(byTasks({ count: 1 }, undefined, [finding({ resource: 'arn:other' })])).toBe(false);
    expect(byTasks({ count: 1 }, undefined, [finding({ class: 'kms-denied' })])).toBe(false);
  });

  it.each<[Partial<Finding>, string]>([
    [
      {
        class: 'log-access-denied',
        resource: 'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:log-stream:web/app/4f2e',
      },
      'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:*',
    ],
    [
      {
        class: 'image-access-denied',
        resource: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web:9d04e11',
      },
      'arn:aws:ecr:eu-west-1:123456789012:repository/team/web',
    ],
  ])('with the first task also where %o is named as a policy does', (one, resource) => {
    expect(byTasks({ ...one, count: 1 }, undefined, [finding({ ...one, resource })])).toBe(true);
    const other = resource.replace('web', 'web-admin');
    expect(byTasks({ ...one, count: 1 }, undefined, [finding({ ...one, resource: other })])).toBe(
      false,
    );
  });

  it('when a container ends again after it was started again, with nothing running', () => {
    const twice = (secondStart: number) =>
      stateAfter([
        {
          seconds: 90,
          service: { deployments: [deployment({ failed: 2 }), old()] },
          tasks: [
            stoppedTask({ arn: 'a', createdAt: start, stoppedAt: start + 20_000 }),
            stoppedTask({ arn: 'b', createdAt: secondStart, stoppedAt: start + 60_000 }),
          ],
        },
      ]);
    expect(byTasks({ class: 'app-exit', count: 2 }, twice(start + 30_000))).toBe(true);
    // Two that were started together are once, not twice.
    expect(byTasks({ class: 'app-exit', count: 2 }, twice(start))).toBe(false);
    expect(byTasks({ class: 'app-exit', count: 1 }, twice(start + 30_000))).toBe(false);
  });

  it('when events alone show it and ECS has counted the failures', () => {
    expect(byEvents({}, at({ failed: 1 }))).toBe(false);
    expect(byEvents({}, at({ failed: 2 }))).toBe(true);
    expect(byEvents({ class: 'image-not-found' }, at({ failed: 0 }))).toBe(false);
    expect(byEvents({ class: 'image-not-found' }, at({ failed: 1 }))).toBe(true);
  });

  it('when a role cannot be assumed for so long that it is no matter of propagation', () => {
    expect(byEvents({ class: 'role-not-assumable' }, at({}, 60))).toBe(false);
    expect(byEvents({ class: 'role-not-assumable' }, at({}, 90))).toBe(true);
    expect(byEvents({ class: 'role-not-assumable' }, at({ pending: 1 }, 90))).toBe(false);
  });
});

describe('a rollout is not certain to fail', () => {
  it.each([
    'secret-network',
    'registry-network',
    'image-rate-limited',
    'capacity-unavailable',
    'elb-health-check',
    'spot-interruption',
    'other',
  ] as const)('for %s, however often: it may heal', (name) => {
    expect(byTasks({ class: name, count: 40 }, at({ failed: 40 }))).toBe(false);
    expect(byEvents({ class: name, count: 40 }, at({ failed: 40 }))).toBe(false);
  });

  it('while one of its tasks runs', () => {
    expect(byTasks({ class: 'image-not-found', count: 3 }, at({ running: 1 }))).toBe(false);
  });

  it('for what ECS says of the rollout as a whole', () => {
    expect(byEvents({ class: 'breaker-tripped' }, at({ failed: 3 }))).toBe(false);
  });
});
