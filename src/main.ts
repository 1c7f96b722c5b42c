import { debug, info, setFailed, warning } from '@actions/core';
import { connect } from './aws.ts';
import { systemClock } from './clock.ts';
import { deploy } from './deploy.ts';
import { RejectedError } from './errors.ts';
import { loadInputs } from './inputs.ts';
import { broken, refused } from './report/endings.ts';
import { runnerLog } from './report/log.ts';
import { setOutputs } from './report/outputs.ts';
import { untrusted } from './report/text.ts';
import { emptyResult, passes, type Result } from './result.ts';

/** How long, in milliseconds, a cancelled step may take to come to its end by itself. */
const grace = 4_000;

/** The one error boundary: whatever happens ends as outputs, a summary line and an exit code. */
async function main(): Promise<void> {
  const cancellation = new AbortController();
  const { signal } = cancellation;
  // The runner sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s after that.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => cancellation.abort());
  const ended = new AbortController();
  const overdue = new Promise<'overdue'>((resolve) => {
    signal.addEventListener('abort', () => {
      void systemClock.sleep(grace, ended.signal).then(() => resolve('overdue'));
    });
  });

  const results = await Promise.race([run(signal), overdue]);
  if (results !== 'overdue') {
    ended.abort();
    return finish(results);
  }
  // A request hangs: what was under way then is not known, and the runner is about to kill.
  finish([
    {
      ...emptyResult('', ''),
      status: 'cancelled',
      summary: ['Cancelled while a request to AWS was unanswered: look at the service.'],
    },
  ]);
  process.exit();
}

async function run(signal: AbortSignal): Promise<Result[]> {
  try {
    const inputs = loadInputs();
    const aws = await connect(inputs.region);
    return await deploy(inputs, { aws, clock: systemClock, log: runnerLog, signal });
  } catch (error) {
    if (error instanceof RejectedError) {
      for (const problem of error.problems) runnerLog.problem(problem);
      return [{ ...emptyResult('', ''), summary: refused('ECS Rollout', error.problems) }];
    }
    debug(String(error instanceof Error ? error.stack : error));
    return [{ ...emptyResult('', ''), status: 'failed', summary: broken(error) }];
  }
}

function finish(results: readonly Result[]): void {
  for (const { status, summary } of results) {
    if (passes(status)) info(summary.join('\n'));
    // The problems of a refusal have been told as errors already.
    else if (status === 'rejected') info(summary[0] ?? '');
    else setFailed(summary.join('\n'));
    if (!passes(status)) process.exitCode = 1;
  }
  try {
    setOutputs(results);
  } catch (error) {
    warning(`The outputs could not be written: ${untrusted(String(error))}`);
  }
}

await main();
