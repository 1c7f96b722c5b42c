import { shortName } from '../../arn.ts';
import type { Change } from '../../task-definition/diff.ts';
import type { Picture, Stage } from '../picture.ts';
import { isDeployed, stageOf } from '../picture.ts';
import { cellCode, listed } from './markdown.ts';

/** What the two columns of the table are. */
const columns: Partial<Readonly<Record<Stage, readonly [string, string]>>> = {
  planning: ['running now', 'to deploy'],
  checked: ['running now', 'to deploy'],
  succeeded: ['before', 'now'],
  planned: ['running now', 'would be'],
  rejected: ['running now', 'refused'],
  'rolled-back': ['running now', 'tried'],
  stopped: ['running now', 'tried'],
  failed: ['before', 'tried'],
  superseded: ['before', 'tried'],
};

/**
 * Old and new revision beside each other: images, sizes and roles with their values, of environment
 * variables, secrets and everything else the names.
 */
export function changesTable(picture: Picture): string {
  const { plan, before, revision } = picture;
  if (!plan) return '';
  const stage = isDeployed(picture) ? 'succeeded' : stageOf(picture);
  const [old, now] = columns[stage] ?? ['running now', 'rolling out'];
  const rows = [
    ...(before !== '' && (revision !== '' || plan.register)
      ? [
          row(
            'revision',
            cellCode(shortName(before)),
            revision ? cellCode(shortName(revision)) : 'a new one',
          ),
        ]
      : []),
    ...plan.taskDefinition.flatMap((change) => valueRow(change, hasOneImage(plan.taskDefinition))),
    ...named(
      'secrets',
      plan.taskDefinition.filter(({ kind }) => kind === 'secret'),
    ),
    ...named(
      'environment',
      plan.taskDefinition.filter(({ kind }) => kind === 'environment'),
    ),
    ...named(
      'containers',
      plan.taskDefinition.filter(({ kind }) => kind === 'container'),
    ),
    ...named(
      'tags',
      plan.taskDefinition.filter(({ kind }) => kind === 'tag'),
    ),
    ...named(
      'other fields',
      plan.taskDefinition.filter(({ kind }) => kind === 'field'),
    ),
    ...(plan.service.length > 0
      ? [row('service settings', '', `sets ${listed(plan.service.map(cellCode), mostNames)}`)]
      : []),
  ];
  if (rows.length === 0) return '';
  return [`| | ${old} | ${now} |`, '| --- | --- | --- |', ...rows].join('\n');
}

/** Names in one cell; the output `plan` has them all. */
const mostNames = 12;

function row(what: string, from: string, to: string): string {
  return `| ${what} | ${from} | ${to} |`;
}

/** With one image nobody asks whose it is. */
function hasOneImage(changes: readonly Change[]): boolean {
  return changes.filter(({ kind }) => kind === 'image').length === 1;
}

/** A change whose values are shown. */
function valueRow(change: Change, isOnlyImage: boolean): string[] {
  switch (change.kind) {
    case 'image': {
      const [from, to] = shortImages(change.from, change.to);
      const what = isOnlyImage ? 'image' : `image of ${cellCode(change.container)}`;
      return [row(what, cellCode(from), cellCode(to))];
    }
    case 'size':
      return [row(change.field, cellCode(change.from ?? ''), cellCode(change.to ?? ''))];
    case 'role': {
      const what = change.field === 'taskRoleArn' ? 'task role' : 'execution role';
      const names = [change.from, change.to].map((arn) => cellCode(shortName(arn ?? '')));
      return [row(what, names[0] ?? '', names[1] ?? '')];
    }
    default:
      return [];
  }
}

/** Without the registry, which is long and mostly the same; with it where it is all that differs. */
function shortImages(from: string | null, to: string | null): [string, string] {
  const short = (image: string | null) =>
    (image ?? '')
      .replace(/^[^/.:]*[.:][^/]*\//, '')
      .replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');
  return short(from) === short(to) ? [from ?? '', to ?? ''] : [short(from), short(to)];
}

type Named = Extract<Change, { change: string }>;

/** What goes stands in the old column, what comes or changes in the new one. */
function named(what: string, changes: readonly Change[]): string[] {
  const all = changes.filter((change): change is Named => 'change' in change);
  if (all.length === 0) return [];
  const cell = (kinds: readonly Named['change'][]) =>
    listed(
      all
        .filter(({ change }) => kinds.includes(change))
        .map((one) => `${signs[one.change]} ${cellCode(nameOf(one))}`),
      mostNames,
    );
  return [row(what, cell(['removed']), cell(['added', 'changed']))];
}

const signs = { added: '+', removed: '−', changed: '~' } as const;

function nameOf(change: Named): string {
  switch (change.kind) {
    case 'field':
      return change.container === undefined ? change.path : `${change.container}: ${change.path}`;
    default:
      return change.name;
  }
}

/** The changes in a line, for a headline that went well. */
export function changesLine({ plan }: Picture): string {
  const changes = plan?.taskDefinition ?? [];
  const images = changes.flatMap((change) =>
    change.kind === 'image' && change.to !== null
      ? [cellCode(shortImages(change.from, change.to)[1])]
      : [],
  );
  const variables = changes.flatMap((change) =>
    change.kind === 'secret' || change.kind === 'environment' ? [change] : [],
  );
  // What goes from one of the two to the other comes and goes by the same name.
  const moved = variables.filter(({ change }) => change === 'added').map(({ name }) => name);
  const others = variables
    .filter(({ change, name }) => change !== 'removed' || !moved.includes(name))
    .map(({ change, name }) => `${signs[change]} ${cellCode(name)}`);
  return [listed(images, 3), listed(others, 4)].filter(Boolean).join(' · ');
}
