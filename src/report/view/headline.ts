import type { Picture, Stage } from '../picture.ts';
import { findingsOf, isDeployed, isUnanswered, stageOf } from '../picture.ts';
import { duration } from '../text.ts';
import { code, link } from './markdown.ts';
import { familyOf, revisionWords, servesNow, title, tried } from './names.ts';

/** Did it work, what serves now, where: the line that is read without opening anything. */
export function headline(picture: Picture): string {
  const stage = stageOf(picture);
  const isTroubled = stage === 'rolling-out' && findingsOf(picture).length > 0;
  const icon = isTroubled ? '🟠' : icons[stage];
  return `### ${icon} ${title(picture)}: ${words(stage, picture)}`;
}

/** A shape and a colour for each, so that it is told apart without seeing colours. */
const icons: Readonly<Record<Stage, string>> = {
  planning: '🔎',
  checked: '🔎',
  'rolling-out': '🔵',
  failing: '🟠',
  'rolling-back': '🟠',
  stopping: '🟠',
  succeeded: '✅',
  unchanged: '✅',
  planned: '📋',
  started: '🔵',
  'rolled-back': '❌',
  failed: '❌',
  superseded: '⏭️',
  stopped: '✋',
  'timed-out': '⏱️',
  cancelled: '🚫',
  rejected: '⛔',
};

function words(stage: Stage, picture: Picture): string {
  const serves = stillServes(picture);
  const what = tried(picture);
  switch (stage) {
    case 'planning':
    case 'checked':
      return `about to deploy ${what}`;
    case 'rolling-out':
      return `rolling out ${what}`;
    case 'failing':
      return `${what} failed, waiting for the rollback`;
    case 'rolling-back':
      return `${what} failed, rolling back`;
    case 'stopping':
      return `the deployment of ${what} is being stopped`;
    case 'succeeded':
      return `${nowServes(picture)}${where(picture)}`;
    case 'unchanged':
      return `nothing to deploy — ${nowServes(picture)}${where(picture)}`;
    case 'planned':
      return wouldFail(picture) ? 'dry run — this would fail' : `dry run — would deploy ${what}`;
    case 'started':
      return `started, the outcome of ${what} was not waited for — ${serves}`;
    case 'rolled-back':
      return `rolled back — ${serves}`;
    case 'failed':
      return isUnanswered(picture)
        ? `${isDeployed(picture) ? 'deployed' : 'nothing to deploy'}, but it does not answer — ${serves}`
        : `failed — ${serves}`;
    case 'superseded':
      return `superseded — ${serves}`;
    case 'stopped':
      return `stopped by someone else — ${serves}`;
    case 'timed-out':
      return `not finished after ${duration(picture.now - picture.startedAt)} — ${serves}`;
    case 'cancelled':
      return picture.rollout
        ? `cancelled, ECS goes on with ${what} — ${serves}`
        : `cancelled, nothing was changed — ${serves}`;
    case 'rejected':
      return refusal(picture, serves);
  }
}

/** A revision may have been registered before ECS refused the update. */
function refusal({ plan, revision, serviceArn }: Picture, serves: string): string {
  if (serviceArn === '') return 'refused, nothing was changed';
  const isRegistered = plan?.register === true && revision !== '';
  return `refused, ${isRegistered ? 'the service' : 'nothing'} was ${isRegistered ? 'not ' : ''}changed — ${serves}`;
}

function wouldFail({ checks }: Picture): boolean {
  return checks.some(({ mark }) => mark === 'fails');
}

/** `still serving revision 7 at app.example.com` */
function stillServes(picture: Picture): string {
  const running = servesNow(picture);
  const { before, serviceArn } = picture;
  if (running === '')
    return serviceArn === '' ? 'the service was not touched' : 'nothing serves now';
  const revision = revisionWords(running, familyOf(picture));
  // Where what is deployed does not answer there, it is not said to serve there.
  const at = isUnanswered(picture) ? '' : where(picture);
  return running === before ? `still serving ${revision}${at}` : `${revision} serves now${at}`;
}

function nowServes(picture: Picture): string {
  const running = servesNow(picture) || picture.revision;
  return `${revisionWords(running, familyOf(picture))} serves`;
}

function where({ url }: Picture): string {
  return url === '' ? '' : ` at ${addressLink(url)}`;
}

/** Characters of an address that is linked; browsers open no longer ones. */
const longestAddress = 2_000;

/** The address as a link that shows what a person would type; as it is where no browser opens it. */
export function addressLink(url: string): string {
  return /^https?:/.test(url) && URL.canParse(url) && url.length <= longestAddress
    ? link(url.replace(/^https?:\/\//, '').replace(/\/$/, ''), url)
    : code(url);
}
