import { deploymentOf } from './deployments.ts';
import { invalid, notFound } from './errors.ts';
import { paged } from './pages.ts';
import { demandedText, flagOf, numberIn, type Route, textOf } from './room.ts';
import { type Deployment, type DeploymentStatus, type GitHubState, nextId } from './state.ts';
import { statusView } from './views.ts';
import type { DeploymentState } from './world.ts';

const page = 'deployments/statuses';
const states: readonly string[] = [
  ...['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'],
];

export const statuses: Route[] = [
  {
    method: 'POST',
    path: '/deployments/{id}/statuses',
    docs: `${page}#create-a-deployment-status`,
    needs: [['deployments', 'write']],
    answer: (ask) => {
      const { state, body } = ask;
      const deployment = deploymentOf(ask);
      const given = demandedText(body, 'state');
      const refuse = (field: string, message: string) =>
        invalid('DeploymentStatus', field, `${field} ${message}`);
      if (!isState(given)) throw refuse('state', 'is not included in the list'); // A guess.
      const description = textOf(body, 'description') ?? '';
      if ([...description].length > 140) {
        throw refuse('description', 'is too long (maximum is 140 characters)');
      }
      const link = (field: string) => {
        const url = textOf(body, field) ?? '';
        if (url !== '' && !isWeb(url)) throw refuse(field, 'must use http(s) scheme');
        return url;
      };
      const status: DeploymentStatus = {
        ...{ id: nextId(state), at: state.now, state: given, description, creator: ask.actor },
        environment: textOf(body, 'environment') || environmentOf(deployment),
        environmentUrl: link('environment_url'),
        logUrl: link('log_url') || link('target_url'),
      };
      deployment.statuses.push(status);
      if (given === 'success' && flagOf(body, 'auto_inactive', true)) {
        retire(state, deployment, status);
      }
      const view = statusView(ask, deployment, status);
      return { status: 201, headers: { location: String(view.url) }, body: view };
    },
  },
  {
    method: 'GET',
    path: '/deployments/{id}/statuses',
    docs: `${page}#list-deployment-statuses`,
    needs: [['deployments', 'read']],
    answer: (ask) => {
      const deployment = deploymentOf(ask);
      const path = `/deployments/${deployment.id}/statuses`;
      return paged(ask, path, deployment.statuses.toReversed(), (status) =>
        statusView(ask, deployment, status),
      );
    },
  },
  {
    method: 'GET',
    path: '/deployments/{id}/statuses/{status}',
    docs: `${page}#get-a-deployment-status`,
    needs: [['deployments', 'read']],
    answer: (ask) => {
      const deployment = deploymentOf(ask);
      const id = numberIn(ask.params, 'status');
      const status = deployment.statuses.find((one) => one.id === id);
      if (status === undefined) throw notFound();
      return { status: 200, body: statusView(ask, deployment, status) };
    },
  },
];

/**
 * The documented rule: what was successful before in the same environment becomes inactive, unless
 * the environment is transient or a production one.
 */
function retire(state: GitHubState, success: Deployment, { environment }: DeploymentStatus): void {
  for (const deployment of state.deployments) {
    const isOther = deployment.id < success.id && !deployment.transient && !deployment.production;
    if (!isOther || environmentOf(deployment) !== environment) continue;
    const last = deployment.statuses.at(-1);
    if (last?.state !== 'success') continue;
    const id = nextId(state);
    const fresh = { id, at: state.now, state: 'inactive', description: '' } as const;
    deployment.statuses.push({ ...last, ...fresh });
  }
}

const environmentOf = (deployment: Deployment): string =>
  deployment.statuses.at(-1)?.environment ?? deployment.environment;

const isState = (text: string): text is DeploymentState => states.includes(text);

function isWeb(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
