import type { GitHub } from '../simulator/github/github.ts';
import { workflowToken } from '../simulator/github/worlds.ts';
import { pullRequestEnv, pullRequestEvent, type StepOptions } from './harness.ts';

/** What deploys another revision of `web`. */
export const image = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11' };

/** A step for the pull request #12, with a job's token. */
export function onPull(github: GitHub, { inputs, env, ...more }: StepOptions = {}): StepOptions {
  return {
    inputs: { 'github-token': workflowToken, ...inputs },
    env: { ...pullRequestEnv(github, 12), ...env },
    event: pullRequestEvent(github, 12),
    ...more,
  };
}

/** The headline of a comment or summary. */
export const headlineOf = (body = '') => /^### .*$/m.exec(body)?.[0] ?? '';

/** The bodies of the comments on an issue that are there now. */
export const bodiesOn = (github: GitHub, issue = 12) =>
  github.comments(issue).map(({ body }) => body);

/** The warnings of reports that could not be made. */
export const shortfalls = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('::warning') && /could not be made/.test(line));
