import type { Json } from '../world.ts';
import { awslogs, containers } from './definition.ts';
import type { LogStream, State, Task } from './state.ts';

/** One line in a log. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

/** The streams of a task come into being when its containers start. */
export function openLogs(state: State, task: Task, body: Json, delay: number, at: number): void {
  for (const container of containers(body)) {
    const options = awslogs(container);
    if (options === undefined) continue;
    const group = String(options['awslogs-group']);
    const { logGroups } = state.world;
    if (options['awslogs-create-group'] === 'true' && logGroups?.includes(group) === false) {
      logGroups.push(group);
    }
    const prefix = options['awslogs-stream-prefix'];
    const name = String(container.name);
    const lines = task.log.lines[name];
    state.logStreams.push({
      group,
      name: prefix === undefined ? task.id : `${prefix}/${name}/${task.id}`,
      createdAt: at,
      readableFrom: at + delay * 1000,
      lines: lines ?? [],
      filler: lines === undefined ? 0 : task.log.bytes,
    });
  }
}

const fillerLine = 1000;

/** What can be read of a stream now, oldest first. */
export function readLog(stream: LogStream, now: number): LogEvent[] {
  if (now < stream.readableFrom) return [];
  const filler = Array.from({ length: Math.ceil(stream.filler / fillerLine) }, (_, index) =>
    `line ${index + 1} `.padEnd(fillerLine, 'x'),
  );
  return [...filler, ...stream.lines].map((message, index) => ({
    // All of it within a second of the start, however much it is.
    timestamp: stream.createdAt + Math.min(index, 999),
    message,
  }));
}
