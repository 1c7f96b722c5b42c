import { shortName } from '../arn.ts';
import type { Clock } from '../clock.ts';
import { passes, type Status, worst } from '../result.ts';
import { failureOf, type GitHub } from './github/client.ts';
import { createOutbox } from './github/outbox.ts';
import type { Pace } from './github/pace.ts';
import { deployedCommit, type Run, runUrl } from './github/run.ts';
import type { Picture } from './picture.ts';
import type { Report } from './report.ts';

interface DeploymentContext {
  readonly run: Run;
  /** Name of the GitHub environment. */
  readonly environment: string;
  /** All that the step deploys, names or ARNs. */
  readonly services: readonly string[];
  readonly clock: Clock;
  readonly pace: Pace;
  github(): Promise<GitHub>;
}

/** What a deployment's status says. */
interface DeploymentState {
  readonly state: 'in_progress' | 'success' | 'failure' | 'inactive';
  readonly description: string;
  /** http(s), or empty. */
  readonly url: string;
}

/**
 * The deployment of the commit to a GitHub environment: one for the step, whatever number of services.
 * https://docs.github.com/en/rest/deployments/deployments
 */
export function deploymentReport({
  run,
  environment,
  services,
  clock,
  pace,
  github,
}: DeploymentContext): Report {
  const { owner, repository: repo } = run;
  let id: number | undefined;
  let sent = '';
  const send = async (state: DeploymentState) => {
    const text = JSON.stringify(state);
    if (text === sent) return;
    const client = await github();
    id ??= await create(client);
    await client.repos.createDeploymentStatus({
      ...{ owner, repo, deployment_id: id, state: state.state, description: state.description },
      ...{ log_url: runUrl(run), environment },
      ...(state.url === '' ? {} : { environment_url: state.url }),
    });
    sent = text;
  };
  const key = `${run.id}.${run.attempt}.${clock.now()}.${clock.random()}`;
  let mayExist = false;
  const create = async (client: GitHub): Promise<number> => {
    const what = { owner, repo, environment, ref: deployedCommit(run), task: 'deploy' };
    if (mayExist) {
      const { data } = await client.repos.listDeployments({ ...what, per_page: 100 });
      const own = data.find(({ payload }) => isOf(payload, key));
      if (own) return own.id;
    }
    try {
      const { data } = await client.repos.createDeployment({
        ...what,
        // Else the run's own check would keep it from being made.
        ...{ auto_merge: false, required_contexts: [] },
        ...{ description: 'ECS Rollout', payload: { key } },
      });
      if ('id' in data) return data.id;
      throw new Error(data.message ?? 'GitHub made no deployment');
    } catch (error) {
      // It may have been made although the answer was lost.
      mayExist ||= failureOf(error, 0).kind === 'unanswered';
      throw error;
    }
  };
  const outbox = createOutbox(send, { clock, pace });
  let isShown = false;
  return {
    name: `The GitHub deployment to ${environment}`,
    remedy: 'The job needs `permissions: deployments: write`.',
    show(pictures) {
      if (isShown || pictures.length === 0) return;
      isShown = true;
      const description = cut(`Deploying ${services.map(shortName).join(', ')}`);
      outbox.offer({ state: 'in_progress', description, url: '' }, 'urgent');
    },
    async finish(pictures, deadline) {
      const state = stateOf(pictures);
      if (state) outbox.offer(state, 'final');
      const why = await outbox.finish(deadline);
      return why === undefined ? [] : [why];
    },
  };
}

const isOf = (payload: unknown, key: string) => (payload as { key?: unknown } | null)?.key === key;

const states: Readonly<Record<Status, DeploymentState['state']>> = {
  succeeded: 'success',
  unchanged: 'success',
  started: 'in_progress',
  'rolled-back': 'failure',
  failed: 'failure',
  'timed-out': 'failure',
  stopped: 'failure',
  rejected: 'failure',
  // Another deployment has taken its place, or nobody knows: nothing of it is to be looked at.
  superseded: 'inactive',
  cancelled: 'inactive',
  // A dry run has no deployment.
  planned: 'inactive',
};

/** GitHub takes this many characters. */
const longestDescription = 140;

/** How the step ended, which is how the worst of its services did. */
function stateOf(pictures: readonly Picture[]): DeploymentState | undefined {
  const results = pictures.flatMap(({ result }) => result ?? []);
  const url = pictures.map((picture) => picture.url).find((one) => /^https?:/.test(one)) ?? '';
  const last = worst(results);
  if (last === undefined) return undefined;
  return {
    state: states[last.status],
    description: cut(last.summary.join(' ')),
    // A site that fails or is of another deployment is not this one's.
    url: passes(last.status) ? url : '',
  };
}

function cut(text: string): string {
  if (text.length <= longestDescription) return text;
  // Without half of a character at the end.
  return `${text.slice(0, longestDescription - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
