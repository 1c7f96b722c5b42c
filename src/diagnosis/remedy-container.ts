import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { plain, shellWord } from './finding-names.ts';
import { logRegion, permitCall } from './remedy-denied.ts';
import { regionOption } from './remedy-missing.ts';
import { json } from './remedy-policy.ts';
import type { TiedCause } from './tie.ts';
import { containersOf } from './tie-uses.ts';

/** The container in the definition, where both are known. */
function containerOf({ definition, container }: TiedCause): ContainerDefinition | undefined {
  return containersOf(definition).find(([, { name }]) => name && name === container)?.[1];
}

const named = ({ container }: TiedCause) =>
  container === null ? 'the container' : `container ${plain(container)}`;

/** The platforms of Linux tasks and what runtimePlatform calls them. */
const ARCHITECTURES = { 'linux/amd64': 'X86_64', 'linux/arm64': 'ARM64' } as const;
type Platform = keyof typeof ARCHITECTURES;

/** The platform that the task runs on: AWS's words, else the definition, where X86_64 is the default. */
function wantedPlatform({ platform, definition }: TiedCause): Platform | null {
  const known = platform?.replace(/\/v8$/, '');
  if (known === 'linux/amd64' || known === 'linux/arm64') return known;
  if (definition === null || platform !== null) return null;
  return definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'linux/arm64' : 'linux/amd64';
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html */
export function buildForPlatform(tied: TiedCause): string {
  const [image] = (tied.resource ?? containerOf(tied)?.image ?? '').split('@');
  const tag = image ? `-t ${shellWord(image)}` : '-t "<image>"';
  const build = (platform: string) => `docker build --platform ${platform} ${tag} --push .`;
  const wanted = wantedPlatform(tied);
  if (wanted === null && tied.platform !== null) {
    return `Build the image for the platform that the task runs on:\n${build(shellWord(tied.platform))}`;
  }
  if (wanted === null) {
    return [
      'Build the image for the CPU architecture of the task, which is X86_64 unless runtimePlatform says ARM64:',
      build('linux/amd64'),
      build('linux/arm64'),
    ].join('\n');
  }
  const other = wanted === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64';
  return [
    `Build the image for ${wanted}, the platform that the task runs on:`,
    build(wanted),
    `Or run the task where an image for ${other} runs, by this in the task definition:`,
    json({
      runtimePlatform: { cpuArchitecture: ARCHITECTURES[other], operatingSystemFamily: 'LINUX' },
    }),
  ].join('\n');
}

export function runnableProgram(tied: TiedCause): string {
  return `${buildForPlatform(tied)}\nIf the program is a script, its first line must name an interpreter that is in the image, such as #!/bin/sh, with line ends of Unix.`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export function moreMemory(tied: TiedCause): string {
  const limit = containerOf(tied)?.memory;
  const task = tied.definition?.memory;
  const now = limit
    ? ` (${limit} MiB, set by memory of the container)`
    : task
      ? ` (${/^\d+$/.test(task) ? `${task} MiB` : plain(task)}, set by memory of the task)`
      : '';
  return `Raise the memory limit of ${named(tied)}${now} in the task definition, or make the program keep to it (heap size of the JVM or of Node, number of workers). On Fargate the memory of the task must fit its CPU.`;
}

/** What an exit code says by itself. */
const exitCodes: Readonly<Record<number, string>> = {
  126: 'The program was found but may not be executed: it needs the executable bit.',
  127: 'A command was not found: entryPoint, command and PATH must fit the image.',
  137: 'It was killed, though not by ECS for its memory limit: by a signal of its own, or because it did not end within stopTimeout.',
  139: 'It accessed memory that is not its own: a fault in native code, often one of another platform.',
  143: 'It was told to end (SIGTERM) and did: look for who stopped it.',
};

export function readLogs(tied: TiedCause): string | null {
  const denial = tied.action === null ? null : permitCall(tied);
  if (denial !== null) return denial;
  const hint = tied.exitCode === null ? undefined : exitCodes[tied.exitCode];
  const options = containerOf(tied)?.logConfiguration?.options;
  const group = options?.['awslogs-group'];
  const region = logRegion(tied.definition, tied.container) ?? tied.place.region;
  const prefix = options?.['awslogs-stream-prefix'];
  const streams = prefix
    ? ` --log-stream-name-prefix ${shellWord(`${prefix}/${tied.container ?? ''}/`)}`
    : '';
  const logs = group
    ? `The last lines of its log say why it ended:\naws logs tail ${shellWord(group)}${streams} ${regionOption({ region })}--since 1h`
    : undefined;
  return [hint, logs].filter(Boolean).join('\n') || 'The last lines of its log say why it ended.';
}

export function keepRunning(tied: TiedCause): string {
  return `Keep the program of ${named(tied)} in the foreground (no daemon mode, no command that only starts another). If it is meant to end, set "essential": false for it; containers that wait for it name it in dependsOn with the condition SUCCESS.`;
}

const starts: readonly (readonly [RegExp, string])[] = [
  [
    /executable file not found|no such file or directory/i,
    'Correct entryPoint and command so that they name a program of the image: a path that exists there, or a name that its PATH finds. A whole shell line needs ["sh", "-c", "…"].',
  ],
  [
    /permission denied/i,
    'Make the program executable in the image: RUN chmod +x on it, or COPY --chmod=755. The user that the container runs as must be allowed to read it.',
  ],
  [
    /logging driver|log driver|awslogs/i,
    'Correct logConfiguration: the driver could not start with its options and permissions.',
  ],
  [
    /port is already allocated|address already in use/i,
    'Free the host port, or use hostPort 0 or the network mode awsvpc: another container has it.',
  ],
  [
    /timed out after waiting|timeout/i,
    'Look at the load of the container instance and the size of the image: the runtime did not start the container in time. Another try may succeed.',
  ],
  [
    /no space left|thin pool|devmapper/i,
    'Give the task more ephemeralStorage, or free the disk of the container instance.',
  ],
];

export function startable({ evidence }: TiedCause): string | null {
  return starts.find(([pattern]) => pattern.test(evidence))?.[1] ?? null;
}

export function passContainerCheck(tied: TiedCause): string {
  const check = containerOf(tied)?.healthCheck;
  const now = check?.startPeriod === undefined ? '' : ` (${check.startPeriod} s now)`;
  return `Run the command of healthCheck inside ${named(tied)} by hand: it must exit 0, and the program that it calls (curl, wget) must be in the image. A slow start needs a longer startPeriod${now}, up to 300 s.`;
}
