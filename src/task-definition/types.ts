import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';

/**
 * A task definition as RegisterTaskDefinition takes it: the type is the SDK's, the value is plain
 * JSON and may hold fields that the SDK does not know yet. `tags` travel inside.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 */
export type TaskDefinition = RegisterTaskDefinitionRequest;

/** Keys and indices from the root of a task definition, e.g. `['containerDefinitions', 0, 'image']`. */
export type Path = readonly (string | number)[];

/** A file of the workspace and a line in it, counted from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
}

/** What the input `task-definition` names. */
export type SourceReference =
  | { readonly kind: 'running' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'revision'; readonly id: string };

/** A task definition and where it came from. */
export interface Source {
  readonly definition: TaskDefinition;
  /** For people: `task-definition.json` or `web:7`. */
  readonly label: string;
  /**
   * The registered revision that `definition` is compared with before registering: the one that it
   * was read from, or for a file the newest of its family. Absent for a new family.
   */
  readonly revision: Revision | undefined;
  /** The line that wrote the value at `path`, or its nearest ancestor; absent unless from a file. */
  locate(path: Path): Location | undefined;
}

/** A registered revision. */
export interface Revision {
  readonly arn: string;
  /** Without the output-only fields, with its tags. */
  readonly definition: TaskDefinition;
  /** False when deregistered or about to be deleted: ECS starts no deployment of it. */
  readonly deployable: boolean;
}

/** A name in a container; `container` is absent where the default container is meant. */
export interface Target {
  readonly container: string | undefined;
  readonly name: string;
}

/** An environment variable and its value, or a secret and its reference. */
export interface Assignment extends Target {
  readonly value: string;
}

/** What the inputs change in a task definition. */
export interface Changes {
  readonly images: readonly { readonly container: string | undefined; readonly image: string }[];
  readonly environment: readonly Assignment[];
  /** `value` is the reference as the user wrote it. */
  readonly secrets: readonly Assignment[];
  readonly unset: readonly Target[];
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where references without a full ARN belong: the cluster's own partition, region and account. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}
