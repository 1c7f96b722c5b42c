import { answers, settings, verdicts } from './catalogue-answers.ts';
import type { CatalogueEntry, CatalogueGroup } from './catalogue-entry.ts';
import { containers, health, room } from './catalogue-run.ts';
import { images, logs, roles, secrets, storage } from './catalogue-start.ts';
import type { Certainty, FailureClass } from './classes.ts';

/** What every class of a finding means. */
export const catalogue: Readonly<Record<FailureClass, CatalogueEntry>> = {
  ...secrets,
  ...images,
  ...logs,
  ...roles,
  ...storage,
  ...containers,
  ...health,
  ...room,
  ...settings,
  ...answers,
  ...verdicts,
};

/** A heading of the catalogue and the classes under it. */
export interface Group {
  readonly title: string;
  readonly classes: readonly FailureClass[];
}

/** The classes in groups, in the order in which a task meets them. */
export const groups: readonly Group[] = [
  group('Secrets', secrets),
  group('Images', images),
  group('Logs', logs),
  group('Roles', roles),
  group('Files and volumes', storage),
  group('The container itself', containers),
  group('Health', health),
  group('Room to run', room),
  group('Definitions and settings', settings),
  group('Answers of AWS', answers),
  group('Why ECS gave up', verdicts),
];

function group(title: string, entries: CatalogueGroup): Group {
  return { title, classes: Object.keys(entries) as FailureClass[] };
}

/** Whether waiting can heal it, for people. */
export const certaintyTexts: Readonly<Record<Certainty, string>> = {
  certain: 'Certain with the first task: waiting does not heal it.',
  denial:
    'Certain from the second task on, or from the first where a check before the deployment found it: a new role or policy takes up to a minute to be seen everywhere.',
  repeated: 'Certain when it happens twice in a row while no task of the revision runs.',
  'may-heal': 'Not certain: it may pass, and ECS goes on trying.',
  answer: 'Says what AWS answered or decided, not why a task fails.',
};
