import type { Clock } from '../clock.ts';
import type { Reporting } from '../inputs.ts';
import type { Result } from '../result.ts';
import { commentReport } from './comment.ts';
import { deploymentReport } from './deployment.ts';
import { connectGitHub, type GitHub } from './github/client.ts';
import { createPace } from './github/pace.ts';
import { mayHavePullRequest } from './github/pull-request.ts';
import type { Log } from './log.ts';
import type { News, Picture } from './picture.ts';
import type { Report, Shortfall } from './report.ts';
import { summaryReport } from './summary.ts';
import { untrusted } from './text.ts';

/** Everything that is told besides the log, while it goes on and at the end. */
export interface Reports {
  /** Something has become known of a service. Never throws. */
  tell(service: { readonly cluster: string; readonly service: string }, news: News): void;
  /**
   * Shows how everything ended, and waits until that has landed. Whatever could not be told is one
   * warning in the log. Never rejects.
   *
   * @param patience milliseconds that it may take
   */
  finish(results: readonly Result[], patience: number): Promise<void>;
}

/** Opens the reports that the inputs ask for. @param now milliseconds */
export function openReports(reporting: Reporting, clock: Clock, log: Log): Reports {
  const ended = new AbortController();
  const { run, environment, services, region, token } = reporting;
  const pace = createPace(clock);
  let client: Promise<GitHub> | undefined;
  const github = () => {
    client ??= connectGitHub({ token, apiUrl: run.apiUrl }, { clock, signal: ended.signal });
    return client;
  };
  const shared = { run, clock, pace, github };
  // A new report is a file and a line here.
  const wanted: Report[] = [
    ...(reporting.comment === 'auto' && mayHavePullRequest(run)
      ? [commentReport({ ...shared, region })]
      : []),
    ...(environment === '' || reporting.dryRun
      ? []
      : [deploymentReport({ ...shared, environment, services })]),
    summaryReport(run),
  ];
  return follow(wanted, reporting, clock, log, () => ended.abort());
}

function follow(
  wanted: readonly Report[],
  { environment }: Reporting,
  clock: Clock,
  log: Log,
  close: () => void,
): Reports {
  const startedAt = clock.now();
  const pictures = new Map<string, Picture>();
  const keyOf = ({ cluster, service }: { cluster: string; service: string }) =>
    `${cluster}/${service}`;
  const pictureOf = (service: { readonly cluster: string; readonly service: string }) =>
    pictures.get(keyOf(service)) ?? { ...emptyPicture, ...service, environment, startedAt };

  /** A report that cannot draw must not end the deploy; at the end it is tried again. */
  const guarded = (show: () => void) => {
    try {
      show();
    } catch {
      // Shown again with the next news.
    }
  };

  return {
    tell({ cluster, service }, news) {
      const known = { ...pictureOf({ cluster, service }), ...news, now: clock.now() };
      pictures.set(keyOf(known), known);
      const all = [...pictures.values()];
      for (const report of wanted) guarded(() => report.show(all));
    },
    async finish(results, patience) {
      const deadline = clock.now() + patience;
      const last = results.map((result): Picture => {
        const known = pictureOf({ cluster: result.cluster, service: result.service });
        // One of several may have come to its end long before the step.
        const now = known.result ? known.now : clock.now();
        return { ...known, ...fromResult(result, known), now };
      });
      await Promise.all(
        wanted.map(async (report) => {
          const whys = await report
            .finish(last, deadline)
            .catch((error): Shortfall[] => [{ kind: 'unanswered', words: String(error) }]);
          if (whys.length > 0) log.shortfall(warning(report, whys));
        }),
      );
      close();
    },
  };
}

const emptyPicture = {
  clusterArn: '',
  serviceArn: '',
  now: 0,
  before: '',
  plan: undefined,
  checks: [],
  revision: '',
  registeredAt: undefined,
  rollout: undefined,
  url: '',
  urlNotes: [],
  targetGroups: [],
  logs: [],
  result: undefined,
} satisfies Partial<Picture>;

function fromResult(result: Result, known: Picture): News {
  return {
    result,
    before: known.before || result.previousTaskDefinitionArn,
    revision: result.taskDefinitionArn || known.revision,
    plan: result.plan ?? known.plan,
    url: result.url || known.url,
  };
}

function warning({ name, remedy }: Report, whys: readonly Shortfall[]): string {
  const words = whys.map((why) => untrusted(why.words).replace(/\.$/, ''));
  const why = [...new Set(words)].join('; ');
  const help = whys.some(({ kind }) => kind === 'refused') ? remedy : '';
  return `${untrusted(name)} could not be made: ${why}. The deploy is not affected. ${help}`.trim();
}
