import { readFileSync } from 'node:fs';
import { getInput } from '@actions/core';
import { CheckUrlError, resolveCheckUrl } from './endpoint/check-url.ts';
import { type Problem, RejectedError } from './errors.ts';
import {
  type Parsed,
  parseAssignments,
  parseImages,
  parseNames,
  parseTags,
  parseTargets,
} from './lines.ts';
import type { Payload, Run } from './report/github/run.ts';
import type { OnFailure } from './rollout/respond.ts';
import type { ServiceSettings } from './rollout/start.ts';
import { serviceOverrideProblems } from './service-overrides.ts';
import { parseSourceReference } from './task-definition/source.ts';
import { parseText, SyntaxProblem } from './task-definition/source-text.ts';
import type { Changes, SourceReference } from './task-definition/types.ts';
import type { WorkflowReference } from './workflow-file.ts';

/** The input `preflight`. */
export type PreflightMode =
  /** What is certain to fail is refused before anything is changed. */
  | 'enforce'
  /** It is only told. */
  | 'warn'
  | 'off';

/** The step's inputs, typed and checked, and what it needs of the environment. */
export interface Inputs extends ServiceSettings {
  /** Name or ARN. */
  readonly cluster: string;
  /** Names or ARNs, at least one, each once. */
  readonly services: readonly string[];
  readonly source: SourceReference;
  /** The default container, where the user names one. */
  readonly container: string | undefined;
  readonly changes: Changes;
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds between polls; undefined is adaptive. */
  readonly pollInterval: number | undefined;
  readonly dryRun: boolean;
  readonly preflight: PreflightMode;
  readonly onFailure: OnFailure;
  /** How many lines of a failed container's log to show; 0 is none. */
  readonly logLines: number;
  /** The folder that file names are relative to. */
  readonly workspace: string;
  readonly workflow: WorkflowReference;
  /** An http(s) URL that stands for the one found; empty to have it found. */
  readonly url: string;
  /** A path below that URL, or a whole URL, that must answer after the rollout; empty for none. */
  readonly checkUrl: string;
  /** Milliseconds that it may take to answer. */
  readonly checkUrlTimeout: number;
  /** `AWS_REGION`, or `AWS_DEFAULT_REGION`, which the JavaScript SDK does not read by itself. */
  readonly region: string | undefined;
}

/** What the reports need of the inputs and the environment. */
export interface Reporting {
  readonly run: Run;
  readonly token: string;
  readonly comment: 'auto' | 'never';
  /** Name of the GitHub environment, empty where none is named. */
  readonly environment: string;
  readonly region: string;
  /** Nothing is deployed. */
  readonly dryRun: boolean;
  /** Name or ARN, as the input says. */
  readonly cluster: string;
  readonly services: readonly string[];
}

/**
 * Reads every input and every environment variable of the action's own; nothing else does. The
 * runner passes an input `task-definition` as `INPUT_TASK-DEFINITION` and does not enforce
 * `required`.
 *
 * @throws RejectedError with all problems of all inputs at once
 */
export function loadInputs(env: NodeJS.ProcessEnv = process.env): Inputs {
  const problems: Problem[] = [];
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RejectedError)) throw error;
      problems.push(...error.problems);
      return otherwise;
    }
  };
  const problem = (input: string, message: string) => void problems.push({ input, message });
  const collect = <T>({ values, problems: found }: Parsed<T>) => {
    problems.push(...found);
    return values;
  };

  const boolean = (input: string, otherwise: boolean) => {
    const text = getInput(input);
    if (text === '') return otherwise;
    if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
    problem(input, `"${text}" is neither true nor false.`);
    return otherwise;
  };
  const yamlMap = (input: string): Record<string, unknown> => {
    const text = getInput(input);
    if (text === '') return {};
    try {
      const { value } = parseText(text, 'yaml');
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return value as Record<string, unknown>;
      }
      problem(input, 'must be a YAML mapping, e.g. `cpu: "512"`.');
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      const line = error.line === undefined ? '' : `Line ${error.line}: `;
      problem(input, `${line}${error.message}`);
    }
    return {};
  };

  const cluster = getInput('cluster');
  if (cluster === '') problem('cluster', 'is empty. Give the name or ARN of the ECS cluster.');
  const services = parseNames(getInput('service'));
  if (services.length === 0) {
    problem('service', 'is empty. Give the name or ARN of the ECS service, one or several.');
  }

  /** The default stands first. */
  const choice = <const T extends string>(input: string, choices: readonly [T, ...T[]]): T => {
    const text = getInput(input).toLowerCase() || choices[0];
    const chosen = choices.find((one) => one === text);
    if (chosen === undefined) problem(input, `"${text}" is none of ${choices.join(', ')}.`);
    return chosen ?? choices[0];
  };
  choice('comment', ['auto', 'never']);
  const circuitBreaker = choice('circuit-breaker', ['keep', 'rollback', 'stop']);

  const logLinesText = getInput('log-lines') || '50';
  const logLines = /^\d+$/.test(logLinesText) ? Number(logLinesText) : Number.NaN;
  if (!(logLines <= mostLogLines)) {
    problem('log-lines', `"${logLinesText}" is not a whole number from 0 to ${mostLogLines}.`);
  }

  const countText = getInput('desired-count');
  if (!/^\d*$/.test(countText)) {
    problem('desired-count', `"${countText}" is not a whole number of tasks, 0 or more.`);
  }

  const pollText = getInput('poll-interval');
  const adaptive = pollText === '' || pollText.toLowerCase() === 'adaptive';
  const poll = adaptive ? undefined : Number(pollText);
  if (poll !== undefined && !(poll > 0 && poll <= 3600)) {
    problem(
      'poll-interval',
      `"${pollText}" is not a number of seconds above 0 (decimals are fine).`,
    );
  }

  /** What a reader can open. It is not repeated: user and password may be in it. */
  const url = getInput('url');
  if (url !== '' && !isWebAddress(url)) {
    problem('url', 'is not an http:// or https:// URL (without user and password).');
  }
  // The URL that a path counts from is not known yet: any other does.
  const checkUrl = getInput('check-url');
  try {
    if (checkUrl !== '') resolveCheckUrl(checkUrl, 'https://example.com');
  } catch (error) {
    if (!(error instanceof CheckUrlError)) throw error;
    problem('check-url', error.message);
  }

  const serviceOverrides = yamlMap('service-overrides');
  problems.push(...serviceOverrideProblems(serviceOverrides, circuitBreaker));

  const wait = boolean('wait', true);
  if (checkUrl !== '' && !wait) {
    problem('check-url', 'is asked after the rollout, which `wait: false` does not wait for.');
  }

  const inputs: Inputs = {
    cluster,
    services,
    source: attempt(() => parseSourceReference(getInput('task-definition')), { kind: 'running' }),
    container: getInput('container') || undefined,
    changes: {
      images: collect(parseImages('image', getInput('image'))),
      environment: collect(parseAssignments('environment', getInput('environment'))),
      secrets: collect(parseAssignments('secrets', getInput('secrets'))),
      unset: collect(parseTargets('unset', getInput('unset'))),
      overrides: yamlMap('overrides'),
      tags: Object.fromEntries(collect(parseTags('tags', getInput('tags')))),
    },
    serviceOverrides,
    desiredCount: countText === '' ? undefined : Number(countText),
    forceNewDeployment: boolean('force-new-deployment', false),
    circuitBreaker,
    wait,
    timeout: attempt(() => parseDuration('timeout', getInput('timeout') || '30m'), 0),
    pollInterval: poll === undefined ? undefined : poll * 1000,
    dryRun: boolean('dry-run', false),
    preflight: choice('preflight', ['enforce', 'warn', 'off']),
    onFailure: choice('on-failure', ['rollback', 'report', 'wait']),
    logLines,
    workspace: env.GITHUB_WORKSPACE || process.cwd(),
    url,
    checkUrl,
    checkUrlTimeout: attempt(
      () => parseDuration('check-url-timeout', getInput('check-url-timeout') || '1m'),
      0,
    ),
    workflow: { ref: env.GITHUB_WORKFLOW_REF ?? '', job: env.GITHUB_JOB ?? '' },
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
  };
  if (problems.length > 0) throw new RejectedError(problems);
  return inputs;
}

/**
 * Reads what the reports need, whatever is wrong with the other inputs: those who wait on the pull
 * request are told of bad inputs too. Never throws.
 */
export function loadReporting(env: NodeJS.ProcessEnv = process.env): Reporting {
  const [owner = '', repository = ''] = (env.GITHUB_REPOSITORY ?? '').split('/');
  return {
    run: {
      apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
      serverUrl: env.GITHUB_SERVER_URL || 'https://github.com',
      ...{ owner, repository },
      id: env.GITHUB_RUN_ID ?? '',
      attempt: Number(env.GITHUB_RUN_ATTEMPT) || 1,
      sha: env.GITHUB_SHA ?? '',
      ref: env.GITHUB_REF ?? '',
      event: env.GITHUB_EVENT_NAME ?? '',
      payload: eventOf(env.GITHUB_EVENT_PATH),
    },
    token: getInput('github-token'),
    comment: getInput('comment').toLowerCase() === 'never' ? 'never' : 'auto',
    environment: getInput('github-environment'),
    dryRun: getInput('dry-run').toLowerCase() === 'true',
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || '',
    cluster: getInput('cluster'),
    services: parseNames(getInput('service')),
  };
}

function eventOf(path: string | undefined): Payload {
  try {
    const event: unknown = JSON.parse(readFileSync(path ?? '', 'utf8'));
    return typeof event === 'object' && event !== null ? event : {};
  } catch {
    return {};
  }
}

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** GetLogEvents gives at most this many in one answer; more would drown everything else anyway. */
const mostLogLines = 10_000;

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `30m`, `2h`; a bare number is minutes. Returns milliseconds. */
export function parseDuration(input: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([smh]?)$/i.exec(text);
  const milliseconds = match ? Number(match[1]) * (units[match[2]?.toLowerCase() || 'm'] ?? 0) : 0;
  if (milliseconds > 0) return milliseconds;
  throw new RejectedError([
    {
      input,
      message: `"${text}" is not a duration such as 90s, 30m or 2h (a bare number is minutes).`,
    },
  ]);
}
