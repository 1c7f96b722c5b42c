import { debug, info, setFailed, warning } from '@actions/core';
import { connect } from './aws.ts';
import { systemClock } from './clock.ts';
import { deploy } from './deploy.ts';
import { describeProblem, RejectedError } from './errors.ts';
import { loadInputs } from './inputs.ts';
import { runnerLog } from './report/log.ts';
import { setOutputs } from './report/outputs.ts';
import { untrusted } from './report/text.ts';
import { passes, type Result, type Status } from './result.ts';

/** The one error boundary: whatever happens ends as outputs, a summary line and an exit code. */
async function main(): Promise<void> {
  const cancellation = new AbortController();
  // The runner sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s after that.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => cancellation.abort());
  }
  try {
    const inputs = loadInputs();
    const aws = await connect(inputs.region);
    const { signal } = cancellation;
    finish(await deploy(inputs, { aws, clock: systemClock, log: runnerLog, signal }));
  } catch (error) {
    if (error instanceof RejectedError) {
      for (const problem of error.problems) runnerLog.problem(problem);
      const [first, ...more] = error.problems.map(describeProblem).map(untrusted);
      const others = more.length > 0 ? ` (and ${more.length} more)` : '';
      finish([bare('rejected', 'Refused, nothing was changed.', `${first}${others}`)]);
    } else {
      debug(String(error instanceof Error ? error.stack : error));
      const words = untrusted(error instanceof Error ? error.message : String(error));
      finish([bare('failed', `The step failed for a reason of its own, which is a bug: ${words}`)]);
    }
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

/** A result from before any service was looked up. */
function bare(status: Status, ...summary: string[]): Result {
  return {
    cluster: '',
    service: '',
    status,
    summary,
    taskDefinitionArn: '',
    previousTaskDefinitionArn: '',
    runningTaskDefinitionArn: '',
    deploymentId: '',
    serviceDeploymentArn: '',
    plan: undefined,
  };
}

await main();
