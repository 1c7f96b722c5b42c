import type { Finding } from '../diagnosis/types.ts';
import type { TargetGroup } from '../endpoint/types.ts';
import { isUrlFinding } from '../endpoint/url-finding.ts';
import type { LogTarget } from '../preflight/log-groups.ts';
import type { CheckResult } from '../preflight/types.ts';
import type { Plan, Result, Status } from '../result.ts';
import type { Step } from '../rollout/follow.ts';
import type { Phase } from '../rollout/judge.ts';

/**
 * All that is known of the deploy of one service at one moment: every report is drawn from this and
 * nothing else, so that no two of them disagree. Times are the local clock's, in milliseconds.
 */
export interface Picture {
  readonly cluster: string;
  readonly service: string;
  /** Name of the GitHub environment that it is deployed to, empty where none is named. */
  readonly environment: string;
  /** ARNs, empty until the service has been looked up. */
  readonly clusterArn: string;
  readonly serviceArn: string;
  readonly startedAt: number;
  readonly now: number;
  /** ARN of the revision that served when it began, empty until that is known. */
  readonly before: string;
  readonly plan: Plan | undefined;
  readonly checks: readonly CheckResult[];
  /** ARN of the revision to deploy, empty until it is registered. */
  readonly revision: string;
  readonly registeredAt: number | undefined;
  /** The rollout as the wait last saw it. */
  readonly rollout: Pick<Step, 'state' | 'verdict' | 'findings'> | undefined;
  /** Where the service answers, empty where that is not known. */
  readonly url: string;
  /** What is to be said of the address, in our words. */
  readonly urlNotes: readonly string[];
  readonly targetGroups: readonly TargetGroup[];
  /** Where the containers log, for links. */
  readonly logs: readonly LogTarget[];
  /** How it ended; undefined while it goes on. */
  readonly result: Result | undefined;
}

/** A part of a picture that has become known. */
export type News = Partial<
  Omit<Picture, 'cluster' | 'service' | 'environment' | 'startedAt' | 'now'>
>;

/** Where the deploy of a service stands: it changes when people want to know at once. */
export type Stage = 'planning' | 'checked' | Phase | Status;

export function stageOf({ result, rollout, checks, plan }: Picture): Stage {
  if (result) return result.status;
  if (rollout) {
    const { verdict, state } = rollout;
    if (verdict.status !== 'in-progress') return verdict.status;
    // ECS takes a moment to begin with what this step has asked for.
    const isAsked = state.response?.kind === 'rollback-asked' && verdict.phase === 'rolling-out';
    return isAsked ? 'rolling-back' : verdict.phase;
  }
  return plan && checks.length > 0 ? 'checked' : 'planning';
}

/** Why it does not go well, most telling first: at the end as the result says, before as seen so far. */
export function findingsOf({ result, rollout, checks }: Picture): readonly Finding[] {
  if (result) return result.diagnosis;
  if (rollout) return rollout.findings;
  return checks.flatMap((check) => (check.mark === 'fails' ? [check.finding] : []));
}

/** The rollout came to its good end, and something after it did not. */
export function isDeployed({ rollout }: Picture): boolean {
  return rollout?.verdict.status === 'succeeded';
}

/** `check-url` did not answer as it must; the rollout is not to blame, if there was one. */
export function isUnanswered({ result }: Picture): boolean {
  return result?.status === 'failed' && result.diagnosis.some(isUrlFinding);
}
