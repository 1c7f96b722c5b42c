import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'dist/index.js');

/** One step of a workflow that uses this action. */
export interface Step {
  /** What the workflow writes under `with`; the other inputs get the defaults of action.yml. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Added to the environment, or taken from it where undefined: the region, the endpoint, … */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The checked-out repository: where file inputs are looked for. An empty folder by default. */
  readonly workspace?: string;
  /** The payload of the event that started the workflow; an empty one by default. */
  readonly event?: unknown;
  /** Is given what the step prints, as it prints it. */
  readonly onOutput?: (text: string) => void;
}

/** What the runner sees of a step that has ended. */
export interface StepResult {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Record<string, string>;
  /** The Markdown of the job summary. */
  readonly stepSummary: string;
}

/** A step that is under way. */
export interface RunningStep {
  readonly result: Promise<StepResult>;
  /** What it has printed so far. */
  stdout(): string;
  /** As the runner does when a run is cancelled: SIGINT first, SIGTERM 7.5 s later. */
  kill(signal: NodeJS.Signals): void;
}

/** Runs dist/index.js to its end, as the runner does. */
export function runAction(step: Step): Promise<StepResult> {
  return startAction(step).result;
}

/** Starts dist/index.js as the runner does: inputs in the environment, files for what it reports. */
export function startAction(step: Step): RunningStep {
  if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` first.`);
  const home = mkdtempSync(join(tmpdir(), 'ecs-rollout-step-'));
  const file = (name: string, content = ''): string => {
    writeFileSync(join(home, name), content);
    return join(home, name);
  };
  const files = {
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_STATE: file('state'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(step.event ?? {})),
  };
  const workspace = step.workspace ?? mkdtempSync(join(home, 'workspace-'));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    RUNNER_TEMP: home,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'example/shop',
    GITHUB_SHA: '9d04e11c0ffee0123456789abcdef0123456789a',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKFLOW: 'Deploy',
    GITHUB_JOB: 'deploy',
    GITHUB_ACTOR: 'octocat',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: 'http://127.0.0.1:9',
    ...files,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Where there is no GitHub, a comment would only cost time.
    ...inputVariables({
      ...(step.env?.GITHUB_API_URL ? {} : { comment: 'never' }),
      ...step.inputs,
    }),
    ...step.env,
  };

  const child = spawn(process.execPath, [main], { cwd: workspace, env, stdio: 'pipe' });
  child.stdin.end();
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
      step.onOutput?.(text);
    });
  }
  const result = new Promise<StepResult>((done, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode) => {
      const outputs = parseOutputs(readFileSync(files.GITHUB_OUTPUT, 'utf8'));
      const stepSummary = readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8');
      rmSync(home, { recursive: true, force: true });
      done({ exitCode, ...printed, outputs, stepSummary });
    });
  });
  return { result, stdout: () => printed.stdout, kill: (signal) => void child.kill(signal) };
}

/** The runner sets every input of action.yml, to the empty string where it has no default. */
function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  const { inputs: declared } = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  };
  for (const name of Object.keys(inputs)) {
    if (!(name in declared)) throw new Error(`action.yml declares no input ${name}.`);
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      inputs[name] ?? evaluated(input.default),
    ]),
  );
}

/** The one expression that a default holds: a step has no token unless a test gives it one. */
function evaluated(text = ''): string {
  return text.replace(/\$\{\{ github\.token \}\}/, '');
}

/** Reads a GITHUB_OUTPUT file: `name<<delimiter`, lines and the delimiter, or `name=value`. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const [, name = '', sign, rest = ''] = /^([^=<]+)(<<|=)(.*)$/.exec(lines[index] ?? '') ?? [];
    if (sign === '=') outputs[name] = rest;
    if (sign !== '<<') continue;
    const end = lines.indexOf(rest, index + 1);
    if (end < 0) throw new Error(`The output ${name} has no end ${rest}.`);
    outputs[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return outputs;
}
