import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RejectedError } from '../src/errors.ts';
import { loadInputs, parseDuration } from '../src/inputs.ts';

const required = { cluster: 'prod', service: 'web' };
let saved: NodeJS.ProcessEnv;

/** The inputs as the runner passes them; `env` is the rest of the environment. */
function load(inputs: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  for (const [name, value] of Object.entries(inputs)) {
    process.env[`INPUT_${name.toUpperCase()}`] = value;
  }
  return loadInputs(env);
}

function problemsOf(inputs: Record<string, string>): string[] {
  try {
    load(inputs);
  } catch (error) {
    if (error instanceof RejectedError) {
      return error.problems.map(({ input, message }) => `${input}: ${message}`);
    }
    throw error;
  }
  return [];
}

beforeEach(() => {
  saved = { ...process.env };
});
afterEach(() => {
  process.env = saved;
});

describe('defaults', () => {
  it('are those of the contract', () => {
    expect(load(required)).toMatchObject({
      cluster: 'prod',
      services: ['web'],
      source: { kind: 'running' },
      container: undefined,
      desiredCount: undefined,
      forceNewDeployment: false,
      circuitBreaker: 'keep',
      wait: true,
      timeout: 30 * 60_000,
      pollInterval: undefined,
      dryRun: false,
      region: undefined,
    });
  });

  it('take the region from AWS_DEFAULT_REGION where AWS_REGION is not set', () => {
    expect(load(required, { AWS_DEFAULT_REGION: 'eu-west-1' }).region).toBe('eu-west-1');
    expect(load(required, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'x' }).region).toBe(
      'us-east-1',
    );
  });
});

describe('bad input', () => {
  it('is told all at once, each problem with its input', () => {
    const problems = problemsOf({
      service: ' ,\n ',
      'circuit-breaker': 'on',
      'desired-count': 'two',
      'poll-interval': 'often',
      timeout: 'soon',
      wait: 'yes',
      environment: 'no equals sign',
      'service-overrides': '- a',
      overrides: 'a: [',
    });
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'circuit-breaker',
      'cluster',
      'desired-count',
      'environment',
      'overrides',
      'poll-interval',
      'service',
      'service-overrides',
      'timeout',
      'wait',
    ]);
  });

  it('an empty service is an error, never a silent success', () => {
    expect(problemsOf({ cluster: 'prod', service: '' })).toEqual([
      'service: is empty. Give the name or ARN of the ECS service, one or several.',
    ]);
  });

  it('does not quote an environment line', () => {
    expect(problemsOf({ ...required, environment: 'PASSWORD hunter2' }).join()).not.toContain(
      'hunter2',
    );
  });
});

describe('service-overrides', () => {
  it('passes fields of UpdateService on', () => {
    const { serviceOverrides } = load({
      ...required,
      'service-overrides':
        'platformVersion: "1.4.0"\ndeploymentConfiguration:\n  maximumPercent: 150',
    });
    expect(serviceOverrides).toEqual({
      platformVersion: '1.4.0',
      deploymentConfiguration: { maximumPercent: 150 },
    });
  });

  it.each([
    ['desiredCount: 3', 'is set with the input `desired-count`'],
    ['platformVerion: "1.4.0"', '`platformVerion` is not a field that UpdateService takes'],
    ['deploymentConfiguration: {maximumPercents: 1}', '`deploymentConfiguration.maximumPercents`'],
    ['deploymentConfiguration: {maximumPercent: "150"}', 'must be a number'],
    ['enableExecuteCommand: "yes"', 'must be true or false'],
    ['platformVersion: 1.4', 'must be text, in quotes'],
    ['capacityProviderStrategy: {base: 1}', 'must be a list'],
    ['networkConfiguration: x', 'must be a mapping'],
    ['__proto__: {a: 1}', '`__proto__` is not a field'],
  ])('refuses %s', (text, words) => {
    const problems = problemsOf({ ...required, 'service-overrides': text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  it('refuses a circuit breaker that is set twice', () => {
    expect(
      problemsOf({
        ...required,
        'circuit-breaker': 'rollback',
        'service-overrides':
          'deploymentConfiguration: {deploymentCircuitBreaker: {enable: true, rollback: false}}',
      }),
    ).toHaveLength(1);
  });
});

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['30', 1_800_000],
    ['1.5m', 90_000],
    ['10 S', 10_000],
  ])('%s', (text, milliseconds) => expect(parseDuration('timeout', text)).toBe(milliseconds));

  it.each(['', '0', '-5m', '1d', '5 minutes', '1h30m'])('refuses %j', (text) =>
    expect(() => parseDuration('timeout', text)).toThrow(RejectedError),
  );
});

describe('the address', () => {
  it.each(['https://app.example.com', 'http://app.example.com:8080/api/', 'HTTPS://X.example.com'])(
    'may be %s',
    (url) => {
      expect(load({ ...required, url }).url).toBe(url);
    },
  );

  it.each([
    'app.example.com',
    'ftp://app.example.com',
    'https:app.example.com',
    'https://',
    'https://app.example.com/a b',
    'https://user:hunter2@app.example.com',
  ])('may not be %s, which is not repeated', (url) => {
    expect(problemsOf({ ...required, url })).toEqual([
      'url: is not an http:// or https:// URL (without user and password).',
    ]);
  });

  it.each(['/health', 'health', 'health?deep=1', '/', 'https://www.example.com/x'])(
    'may be asked at %s',
    (text) => {
      expect(load({ ...required, 'check-url': text }).checkUrl).toBe(text);
    },
  );

  it.each([
    ['//evil.example.com/x', 'names another host without https:// in front of it.'],
    ['ftp://app.example.com', 'is asked over http or https alone, not over ftp://.'],
    ['https://user:hunter2@app.example.com', 'may hold no user name or password.'],
    ['https://', 'is neither a path nor a URL.'],
  ])('may not be asked at %s', (text, message) => {
    expect(problemsOf({ ...required, 'check-url': text })).toEqual([`check-url: ${message}`]);
  });

  it('cannot ask a rollout that is not waited for', () => {
    expect(problemsOf({ ...required, 'check-url': '/health', wait: 'false' })).toEqual([
      'check-url: is asked after the rollout, which `wait: false` does not wait for.',
    ]);
  });

  it('is asked for a minute unless something else is said', () => {
    expect(load(required)).toMatchObject({ url: '', checkUrl: '', checkUrlTimeout: 60_000 });
    expect(load({ ...required, 'check-url-timeout': '90s' }).checkUrlTimeout).toBe(90_000);
    expect(problemsOf({ ...required, 'check-url-timeout': '0' })).toEqual([
      'check-url-timeout: "0" is not a duration such as 90s, 30m or 2h (a bare number is minutes).',
    ]);
  });
});
