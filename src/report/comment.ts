import type { Clock } from '../clock.ts';
import { findingKey } from './finding-lines.ts';
import type { GitHub } from './github/client.ts';
import { createOutbox, type Outbox } from './github/outbox.ts';
import type { Pace, Urgency } from './github/pace.ts';
import { findPullRequest } from './github/pull-request.ts';
import { type Run, runUrl } from './github/run.ts';
import { findSticky, isOfLater, marker, type Sticky, startMark } from './github/sticky.ts';
import { findingsOf, type Picture, stageOf } from './picture.ts';
import type { Report } from './report.ts';
import { commentMarkdown } from './view/view.ts';

interface CommentContext {
  readonly run: Run;
  readonly region: string;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Connects once, when it is first needed. */
  github(): Promise<GitHub>;
}

/** The comments on the pull request that the run belongs to, one for each service. */
export function commentReport(context: CommentContext): Report {
  let pull: Promise<number | undefined> | undefined;
  const pullRequest = () => {
    pull ??= context
      .github()
      .then((github) => findPullRequest(github, context.run))
      .catch((error: unknown) => {
        pull = undefined;
        throw error;
      });
    return pull;
  };
  const comments = new Map<string, Comment>();
  const commentOf = (picture: Picture) => {
    const known = comments.get(picture.service) ?? createComment(picture, pullRequest, context);
    comments.set(picture.service, known);
    return known;
  };
  return {
    name: 'The pull request comment',
    remedy:
      'The job needs `permissions: pull-requests: write`, which runs for forks do not get; `comment: never` does without.',
    show(pictures) {
      for (const picture of pictures.filter(canBeTold)) commentOf(picture).offer(picture);
    },
    async finish(pictures, deadline) {
      const whys = await Promise.all(
        pictures.filter(isNamed).map((picture) => {
          const comment = commentOf(picture);
          comment.offer(picture, 'final');
          return comment.finish(deadline);
        }),
      );
      return whys.filter((why) => why !== undefined);
    },
  };
}

/** A rollout that has ended is told with its result, which says what serves now. */
const canBeTold = (picture: Picture) =>
  isNamed(picture) &&
  (picture.result !== undefined ||
    (picture.rollout?.verdict.status ?? 'in-progress') === 'in-progress');

/** Without both names the comment would not be found again. */
const isNamed = ({ cluster, service }: Picture) => cluster !== '' && service !== '';

interface Comment extends Pick<Outbox<string>, 'finish'> {
  /** Sends a picture if it shows something new; how soon depends on what that is. */
  offer(picture: Picture, urgency?: Urgency): void;
}

function createComment(
  first: Picture,
  pullRequest: () => Promise<number | undefined>,
  { run, region, clock, pace, github }: CommentContext,
): Comment {
  const { cluster, service, environment, startedAt } = first;
  const mark = marker({ region, cluster, service, environment });
  const [owner, repo, url] = [run.owner, run.repository, runUrl(run)];
  let id: number | undefined;
  let sent = '';

  const send = async (body: string) => {
    const issue = await pullRequest();
    if (issue === undefined || body === sent) return;
    const client = await github();
    const found = (await own(client)) ?? (await findSticky(client, { owner, repo, issue }, mark));
    if (found && isOfLater(found.body, startedAt)) return;
    const { data } = found
      ? await client.issues.updateComment({ owner, repo, comment_id: found.id, body })
      : await client.issues.createComment({ owner, repo, issue_number: issue, body });
    id = data.id;
    sent = body;
  };

  /** The comment as it is now; undefined where there is none yet, or somebody has deleted it. */
  const own = async (client: GitHub): Promise<Sticky | undefined> => {
    if (id === undefined) return undefined;
    try {
      const { data } = await client.issues.getComment({ owner, repo, comment_id: id });
      return { id, body: data.body ?? '' };
    } catch (error) {
      if ((error as { status?: number }).status === 404) return undefined;
      throw error;
    }
  };

  const outbox = createOutbox(send, { clock, pace });
  let stage = '';
  let shown = '';
  const told = new Set<string>();
  return {
    finish: outbox.finish,
    offer(picture, urgency) {
      const now = stageOf(picture);
      const fresh = findingsOf(picture).filter((finding) => !told.has(findingKey(finding)));
      for (const finding of fresh) told.add(findingKey(finding));
      const isNews = now !== stage || fresh.length > 0;
      stage = now;
      const body = `${mark}\n${startMark(startedAt)}\n${commentMarkdown(picture, url)}`;
      if (body === shown && urgency === undefined) return;
      shown = body;
      outbox.offer(body, urgency ?? (isNews ? 'urgent' : 'usual'));
    },
  };
}
