import type { StoppedTask } from './types.ts';

const isHealthCheck = (words: string) => /health checks/i.test(words);

/** What one stopped task says of itself, or undefined for the stops of normal life. */
export function stopReason(task: StoppedTask): string | undefined {
  const reason = task.reason ?? '';
  if (task.stopCode === 'UserInitiated' || /^Scaling activity initiated by/.test(reason)) {
    return undefined;
  }
  const containers = task.containers.flatMap(({ name, exitCode, reason: why }) => {
    // ECS itself sent the signals that end these: they say nothing about the cause.
    const killed = isHealthCheck(reason) && (exitCode === 137 || exitCode === 143);
    if ((exitCode === undefined || killed) && !why) return [];
    const exit = exitCode === undefined ? '' : ` exited with code ${exitCode}`;
    return [`container ${name}${exit}${why ? `: ${why}` : ''}`];
  });
  return [reason.replace(/\.$/, '') || task.stopCode || 'no reason given', ...containers].join(
    '; ',
  );
}

/** The same cause has another task and request id each time: those do not tell causes apart. */
export function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}/gi, '…');
}
