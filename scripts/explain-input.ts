import type { Evidence } from '../src/diagnosis/types.ts';
import { isObject, type JsonObject, objectsOf } from '../src/task-definition/json.ts';

/** One thing to be explained, under the id that its sender gave it. */
export interface Case {
  readonly id: string | number;
  readonly evidence: Evidence;
}

/** What came in on standard input. */
export type Request =
  /** Asked for by a program, which wants JSON back. */
  | { readonly kind: 'cases'; readonly cases: readonly Case[] }
  /** JSON of the AWS CLI, asked for by a person. */
  | { readonly kind: 'evidence'; readonly evidence: readonly Evidence[] }
  /** Text of the console, a log or an error, asked for by a person. */
  | { readonly kind: 'text'; readonly text: string };

/** The input cannot be read; the message says why, and quotes nothing of it. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const EXPECTED =
  'Expected an array of {"id", "kind", "input"}, one {"kind", "input"}, or the output of aws ecs describe-tasks, describe-services or describe-service-deployments, or of aws elbv2 describe-target-health.';

/** What `input` asks for. @throws InputError when it is empty, broken JSON, or JSON of another shape */
export function readRequest(input: string): Request {
  const text = input.trim();
  if (text === '') {
    throw new InputError(
      'Nothing came in on standard input. Paste a stopped reason, an event or an error of AWS, or JSON.',
    );
  }
  if (!looksLikeJson(text)) return { kind: 'text', text };
  const json = parse(text);
  if (Array.isArray(json)) return { kind: 'cases', cases: json.map(readCase) };
  if (!isObject(json)) throw new InputError(`The JSON is of another shape. ${EXPECTED}`);
  const evidence = 'kind' in json ? [readEvidence(json, 'The object')] : readAnswer(json);
  if (evidence === undefined) throw new InputError(`The JSON is of another shape. ${EXPECTED}`);
  return { kind: 'evidence', evidence };
}

/** A text in brackets, such as `[ERROR] …`, is no JSON: that goes on with a value. */
function looksLikeJson(text: string): boolean {
  return /^(?:\[\s*[[{"\]]|\[\s*(?:-?\d|null\b|true\b|false\b)|\{\s*["}])/.test(
    text.slice(0, 1000),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError('The input begins like JSON, but is broken: is its end missing?', {
      cause,
    });
  }
}

function readCase(value: unknown, index: number): Case {
  const where = `Element ${index + 1} of the array`;
  if (!isObject(value)) throw new InputError(`${where} is no object. ${EXPECTED}`);
  const { id } = value;
  if (typeof id !== 'string' && typeof id !== 'number') {
    throw new InputError(`${where} has no id. ${EXPECTED}`);
  }
  return { id, evidence: readEvidence(value, where) };
}

type Reader = (input: JsonObject) => Evidence;

const readers: Readonly<Record<Evidence['kind'], Reader>> = {
  'stopped-task': readTask,
  'service-event': ({ message }) => ({ kind: 'service-event', message: textOf(message) ?? '' }),
  'api-error': ({ operation, name, message }) => ({
    kind: 'api-error',
    operation: textOf(operation) ?? '',
    name: textOf(name) ?? '',
    message: textOf(message) ?? '',
  }),
  'target-health': ({ state, reason, description }) => ({
    kind: 'target-health',
    state: textOf(state) ?? '',
    reason: textOf(reason),
    description: textOf(description),
  }),
  'service-deployment': ({ status, statusReason }) => ({
    kind: 'service-deployment',
    status: textOf(status) ?? '',
    statusReason: textOf(statusReason),
  }),
};

function readEvidence({ kind, input }: JsonObject, where: string): Evidence {
  const isKnown = typeof kind === 'string' && Object.hasOwn(readers, kind);
  if (!isKnown) {
    throw new InputError(`${where} has a kind that is none of ${Object.keys(readers).join(', ')}.`);
  }
  if (!isObject(input)) throw new InputError(`${where} has no input that is an object.`);
  return readers[kind as Evidence['kind']](input);
}

/** Fields that AWS or a user left out are null. */
function readTask({ stopCode, stoppedReason, containers, logs }: JsonObject): Evidence {
  return {
    kind: 'stopped-task',
    stopCode: textOf(stopCode),
    stoppedReason: textOf(stoppedReason),
    containers: objectsOf(containers).map(([, { name, exitCode, reason }]) => ({
      name: textOf(name) ?? '',
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      reason: textOf(reason),
    })),
    ...(isObject(logs) && { logs: readLogs(logs) }),
  };
}

function readLogs(logs: JsonObject): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(logs).map(([container, lines]) => [
      container,
      Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : [],
    ]),
  );
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

/** What the AWS CLI prints, by the name of the list in it. */
const lists: Readonly<Record<string, (item: JsonObject) => readonly Evidence[]>> = {
  tasks: (task) => (task.stoppedReason || task.stopCode ? [readTask(task)] : []),
  services: ({ events }) => objectsOf(events).map(([, event]) => readers['service-event'](event)),
  serviceDeployments: (deployment) => [readers['service-deployment'](deployment)],
  TargetHealthDescriptions: ({ TargetHealth: health }) =>
    isObject(health)
      ? [
          readers['target-health']({
            state: health.State,
            reason: health.Reason,
            description: health.Description,
          }),
        ]
      : [],
};

function readAnswer(json: JsonObject): Evidence[] | undefined {
  const found = Object.entries(lists).filter(([name]) => Array.isArray(json[name]));
  if (found.length === 0) return undefined;
  return found.flatMap(([name, read]) => objectsOf(json[name]).flatMap(([, item]) => read(item)));
}

/** Longer than any text of AWS. */
const LONGEST = 20_000;

const EVENT = /^\(?service [^\s()]{1,300}\)?\s/i;
const QUIET_EVENT = /^(?:has (?:reached|started|begun|stopped)|(?:de)?registered \d)/i;

/**
 * What a pasted text may be, the most likely first. Several events, one a line, are as many pieces
 * of evidence.
 */
export function readingsOf(pasted: string): readonly (readonly [Evidence, ...Evidence[]])[] {
  const lines = pasted.split(/\r?\n/).map((line) => line.trim());
  const [first, ...more] = lines.filter((line) => line !== '');
  if (first !== undefined && [first, ...more].every((line) => EVENT.test(line))) {
    return [[eventOf(first), ...more.map(eventOf)]];
  }
  const text = pasted.slice(0, LONGEST);
  const error = apiErrorIn(text);
  if (error) return [[error]];
  if (EVENT.test(text) || QUIET_EVENT.test(text)) return [[eventOf(text)]];
  if (/^Service deployment rolled back|^ECS deployment circuit breaker/i.test(text)) {
    return [[{ kind: 'service-deployment', status: '', statusReason: text }]];
  }
  if (/^(?:Target|Elb)\.\w|^Health checks failed/i.test(text)) {
    return [[{ kind: 'target-health', state: 'unhealthy', reason: null, description: text }]];
  }
  const denial = /^["'(]?User:/i.test(text);
  const others: Evidence[] = [
    eventOf(text),
    { kind: 'api-error', operation: '', name: '', message: text },
  ];
  return [
    [{ kind: 'stopped-task', stopCode: null, stoppedReason: text, containers: [] }],
    // A denial without a frame is more likely the caller's than that of a role of ECS.
    ...(denial ? others.toReversed() : others).map((one) => [one] as const),
  ];
}

const eventOf = (message: string): Evidence => ({ kind: 'service-event', message });

/** An error as the AWS CLI, an SDK for Go or one for JavaScript prints it. */
function apiErrorIn(text: string): Evidence | undefined {
  const cli =
    /An error occurred \((?<name>[\w.]{1,100})\) when calling the (?<operation>\w{1,100}) operation(?: \([^)\n]{0,100}\))?:\s*(?<message>[\s\S]*)/.exec(
      text,
    );
  const go =
    /operation error ECS:\s*(?<operation>\w{1,100}),[\s\S]{0,300}?\b(?<name>\w{1,100}Exception):\s*(?<message>[\s\S]*)/.exec(
      text,
    );
  const bare = /^(?:Error: )?(?<name>\w{1,100}Exception):\s*(?<message>[\s\S]*)/.exec(text);
  const { name, operation, message } = (cli ?? go ?? bare)?.groups ?? {};
  if (name === undefined) return undefined;
  return {
    kind: 'api-error',
    // Most of what ECS calls the client's fault is a task definition.
    operation: operation ?? (name === 'ClientException' ? 'RegisterTaskDefinition' : ''),
    name,
    message: message ?? '',
  };
}
