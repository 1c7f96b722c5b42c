import { debug, info, setFailed, warning } from '@actions/core';
import { shortName } from './arn.ts';
import { connect } from './aws.ts';
import { systemClock } from './clock.ts';
import { deploy } from './deploy.ts';
import { RejectedError } from './errors.ts';
import { loadInputs, loadReporting, type Reporting } from './inputs.ts';
import { errorsForEndings } from './report/annotations.ts';
import { broken } from './report/endings.ts';
import { runnerLog } from './report/log.ts';
import { setOutputs } from './report/outputs.ts';
import { openReports, type Reports } from './report/reports.ts';
import { untrusted } from './report/text.ts';
import { emptyResult, passes, type Result } from './result.ts';
import { refusal } from './results.ts';

/** How long, in milliseconds, a cancelled step may take to come to its end by itself. */
const grace = 4_000;

/** How long, in milliseconds, the reports may take at the end, and that of a cancelled step. */
const patience = { usual: 15_000, cancelled: 2_000 } as const;

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

  const reporting = loadReporting();
  const reports = openReports(reporting, systemClock, runnerLog);
  const results = await Promise.race([run(reporting, reports, signal), overdue]);
  ended.abort();
  // A request hangs: what was under way then is not known, and the runner is about to kill.
  const summary = ['Cancelled while a request to AWS was unanswered: look at the service.'];
  const known =
    results === 'overdue'
      ? nothingKnown(reporting).map((one): Result => ({ ...one, status: 'cancelled', summary }))
      : results;
  writeOutputs(known);
  await reports.finish(known, signal.aborted ? patience.cancelled : patience.usual);
  writeEndings(known);
  if (results === 'overdue') process.exit();
}

async function run(reporting: Reporting, reports: Reports, signal: AbortSignal): Promise<Result[]> {
  try {
    const inputs = loadInputs();
    const aws = await connect(inputs.region);
    return await deploy(inputs, { aws, clock: systemClock, log: runnerLog, reports, signal });
  } catch (error) {
    if (error instanceof RejectedError) {
      const { problems } = error;
      for (const problem of problems) runnerLog.problem(problem);
      return nothingKnown(reporting).map((one) => refusal(one, 'ECS Rollout', problems));
    }
    debug(String(error instanceof Error ? error.stack : error));
    const summary = broken(error);
    return nothingKnown(reporting).map((one): Result => ({ ...one, status: 'failed', summary }));
  }
}

/** A result for each service that the inputs name; one without a name where they name none. */
function nothingKnown({ cluster, services }: Reporting): Result[] {
  const names = services.length > 0 ? services : [''];
  return names.map((service) => emptyResult(shortName(cluster), shortName(service)));
}

function writeOutputs(results: readonly Result[]): void {
  try {
    setOutputs(results);
  } catch (error) {
    warning(`The outputs could not be written: ${untrusted(String(error))}`);
  }
}

function writeEndings(results: readonly Result[]): void {
  const told = new Set<string>();
  let errorsLeft = errorsForEndings;
  for (const { status, summary } of results) {
    const text = summary.join('\n');
    if (!passes(status)) process.exitCode = 1;
    // What refuses all services in the same words is told once.
    if (told.has(text)) continue;
    told.add(text);
    if (passes(status)) info(text);
    // The problems of a refusal have been told as errors already.
    else if (status === 'rejected') info(summary[0] ?? '');
    else if (errorsLeft > 0) {
      errorsLeft -= 1;
      setFailed(text);
    } else info(`error: ${text}`);
  }
}

await main();
