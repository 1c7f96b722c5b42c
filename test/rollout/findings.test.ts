import { describe, expect, it } from 'vitest';
import { advance } from '../../src/rollout/advance.ts';
import { bringsEvidence, diagnoseRollout } from '../../src/rollout/findings.ts';
import type { Target } from '../../src/rollout/types.ts';
import { context, start, stateAfter, stoppedTask, target } from '../support/rollout.ts';

const seeing = (...targets: Target[]) =>
  advance(stateAfter([]), { kind: 'targets', at: start, targets, tasks: undefined });
const findings = (...targets: Target[]) => diagnoseRollout(seeing(...targets), context()).findings;

const sick = target({
  ...{ state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' },
  description: 'Health checks failed with these codes: [503]',
});

describe('the health of targets', () => {
  it('of the deployment’s own is a finding, with the target group and AWS’s words', () => {
    expect(findings(sick)).toMatchObject([
      {
        ...{ class: 'elb-health-check', count: 1, resource: sick.group },
        evidence: 'Health checks failed with these codes: [503]',
        summary: expect.stringContaining('answered 503'),
      },
    ]);
  });

  it('is one finding of all targets of a group, with how many they are', () => {
    expect(findings(sick, { ...sick, id: '10.0.0.8' })).toMatchObject([{ count: 2 }]);
  });

  it('that only has a code is told by it', () => {
    expect(findings({ ...sick, description: undefined })).toMatchObject([
      { evidence: 'Target.ResponseCodeMismatch' },
    ]);
  });

  it('of tasks of another deployment is no finding', () => {
    expect(findings({ ...sick, isOwn: false })).toEqual([]);
  });

  it.each(['initial', 'healthy', 'draining', 'unhealthy.draining', 'unused', 'unavailable'])(
    'that is %s is no finding',
    (state) => {
      expect(findings({ ...sick, state })).toEqual([]);
    },
  );

  it('and the stopped task and event of it are one finding in the most telling words', () => {
    const state = stateAfter([
      {
        seconds: 60,
        service: {},
        events: [
          `(service web) (task 0123456789abcdef0123456789abcdef) (port 8080) is unhealthy in (target-group ${sick.group}) due to (reason Request timed out).`,
        ],
        tasks: [
          stoppedTask({
            stopCode: 'ServiceSchedulerInitiated',
            reason: `Task failed ELB health checks in (target-group ${sick.group})`,
          }),
        ],
      },
    ]);
    const seen = advance(state, { kind: 'targets', at: start, targets: [sick], tasks: undefined });
    expect(diagnoseRollout(seen, context()).findings).toMatchObject([
      { class: 'elb-health-check', count: 1, evidence: sick.description },
    ]);
  });

  it('is nothing that makes a failure certain by itself: it may heal', () => {
    expect(diagnoseRollout(seeing(sick), context()).fromTasks).toEqual([]);
  });

  it('brings evidence when it was looked at, and only then', () => {
    const state = seeing(sick);
    expect(bringsEvidence(stateAfter([]), state)).toBe(true);
    expect(bringsEvidence(state, advance(state, { kind: 'tick', at: start }))).toBe(false);
  });
});
