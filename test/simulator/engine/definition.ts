import type { Json } from '../world.ts';

/** The containers of a task definition's body. */
export function containers(body: Json): Json[] {
  return list(body.containerDefinitions);
}

/** The container whose end is the task's end: the first essential one. */
export function mainContainer(body: Json): Json | undefined {
  return containers(body).find(({ essential }) => essential !== false);
}

/** The platform that the tasks run on, as images name it. */
export function platformOf(body: Json): string {
  const { cpuArchitecture, operatingSystemFamily } = (body.runtimePlatform ?? {}) as Json;
  const os = String(operatingSystemFamily ?? 'LINUX').startsWith('WINDOWS') ? 'windows' : 'linux';
  return `${os}/${cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64'}`;
}

/** The options of a container's awslogs configuration. */
export function awslogs(container: Json): Json | undefined {
  const log = container.logConfiguration as { logDriver?: string; options?: Json } | undefined;
  return log?.logDriver === 'awslogs' ? (log.options ?? {}) : undefined;
}

/** What the `secrets` and `secretOptions` of all containers refer to. */
export function secretReferences(body: Json): string[] {
  return containers(body).flatMap((container) => {
    const log = container.logConfiguration as Json | undefined;
    const injected = [...list(container.secrets), ...list(log?.secretOptions)];
    return injected.map(({ valueFrom }) => String(valueFrom));
  });
}

export function isSecretsManager(reference: string): boolean {
  return /^arn:[^:]+:secretsmanager:/.test(reference);
}

export function list(value: unknown): Json[] {
  return Array.isArray(value) ? value : [];
}
