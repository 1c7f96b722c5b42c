import { uuid } from '../ids.ts';
import type { Service, ServiceEvent, State, Task } from './state.ts';

const sixHours = 6 * 3600 * 1000;

/** Adds an event of the service, newest first; a service shows its last hundred. */
export function tell(state: State, service: Service, at: number, text: string): void {
  push(service, {
    id: uuid(state.ids),
    createdAt: at,
    message: `(service ${service.name}) ${text}`,
  });
}

/** As `tell`, but leaves out what was already said in the last six hours, unless resolved since. */
export function tellOnce(state: State, service: Service, at: number, text: string): void {
  const message = `(service ${service.name}) ${text}`;
  const steady = `(service ${service.name}) has reached a steady state.`;
  const last = service.events.find(
    (event) => event.message === message || event.message === steady,
  );
  if (last?.message === message && at - last.createdAt < sixHours) return;
  tell(state, service, at, text);
}

/** `(task T) (task T)` */
export function taskList(tasks: Task[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}

function push(service: Service, event: ServiceEvent): void {
  service.events.unshift(event);
  service.events.splice(100);
}
