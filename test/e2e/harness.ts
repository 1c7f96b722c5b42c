import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { type GitHub, type GitHubOptions, startGitHub } from '../simulator/github/github.ts';
import type { GitHubWorld } from '../simulator/github/world.ts';
import { shopRepository } from '../simulator/github/worlds.ts';
import { type Options, type Simulator, startSimulator } from '../simulator/simulator.ts';
import type { World } from '../simulator/world.ts';
import { type RunningStep, type StepResult, startAction } from './run-action.ts';

export { pullRequestEnv, pullRequestEvent } from './pull-request.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A workspace with the given files, removed after the test. */
export function workspace(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-rollout-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content, null, 2),
    );
  }
  return folder;
}

/** A simulator in which a simulated minute passes in a second, closed after the test. */
export async function simulate(world: World, options: Options = {}): Promise<Simulator> {
  const simulator = await startSimulator(world, { speed: 60, ...options });
  cleanups.push(() => simulator.close());
  return simulator;
}

/** A stand-in for GitHub, in real time, closed after the test. Give its address to the step. */
export async function simulateGitHub(
  world: GitHubWorld = shopRepository(),
  options: GitHubOptions = {},
): Promise<GitHub> {
  const github = await startGitHub(world, options);
  cleanups.push(() => github.close());
  return github;
}

export interface StepOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly workspace?: string;
  readonly event?: unknown;
}

/** A step that deploys `web` in `prod`, polling six simulated seconds apart. */
export function startStep(simulator: Simulator, options: StepOptions = {}): RunningStep {
  return startAction({
    inputs: { cluster: 'prod', service: 'web', 'poll-interval': '0.1', ...options.inputs },
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_ENDPOINT_URL: simulator.url,
      ...options.env,
    },
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    ...(options.event === undefined ? {} : { event: options.event }),
  });
}

export function step(simulator: Simulator, options: StepOptions = {}): Promise<StepResult> {
  return startStep(simulator, options).result;
}

/** The inputs of all calls of one operation. */
export function inputsOf(simulator: Simulator, operation: string) {
  return simulator.calls.filter((call) => call.operation === operation).map(({ input }) => input);
}

/** The operations that change something. */
export function changesIn(simulator: Simulator): string[] {
  return simulator.calls
    .map(({ operation }) => operation)
    .filter((operation) => !/^(Describe|List|Get|BatchGet|Simulate)/.test(operation));
}

/** Waits until a running step has printed `text`; fails when it ends without. */
export async function printed(running: RunningStep, text: string): Promise<void> {
  const ended = running.result.then(() => true);
  while (!running.stdout().includes(text)) {
    const pause = new Promise<false>((next) => setTimeout(() => next(false), 20));
    if (await Promise.race([ended, pause])) throw new Error(`ended before it printed "${text}"`);
  }
}
