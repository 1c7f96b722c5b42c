import { containerNames, listed } from '../container.ts';
import { type JsonObject, objectsOf } from '../json.ts';
import { containersOf, type Rule } from './rule.ts';

const loadBalancerTargets: Rule = function* (definition, { loadBalancers }) {
  const containers = containersOf(definition);
  for (const { containerName, containerPort } of loadBalancers) {
    if (containerName === undefined) continue;
    const view = containers.find(({ name }) => name === containerName);
    if (view === undefined) {
      yield {
        path: ['containerDefinitions'],
        message: `the service's load balancer sends to container ${containerName}, which is not there; there is ${listed(containerNames(definition))}.`,
      };
    } else if (containerPort !== undefined && !exposes(view.container, containerPort)) {
      yield {
        path: [...view.path, 'portMappings'],
        message: `the service's load balancer sends to port ${containerPort} of container ${containerName}, which has no port mapping for it. Add {containerPort: ${containerPort}}.`,
      };
    }
  }
};

function exposes(container: JsonObject, port: number): boolean {
  return objectsOf(container.portMappings).some(([, { containerPort, containerPortRange }]) => {
    const [from = Number.NaN, to = from] = String(containerPortRange ?? containerPort)
      .split('-')
      .map(Number);
    return from <= port && port <= to;
  });
}

/** "When networkMode=awsvpc, the host ports and container ports in port mappings must match." */
const hostPorts: Rule = function* (definition) {
  if (definition.networkMode !== 'awsvpc') return;
  for (const { container, name, path } of containersOf(definition)) {
    for (const [index, { containerPort, hostPort }] of objectsOf(container.portMappings)) {
      if (!hostPort || hostPort === containerPort) continue;
      yield {
        path: [...path, 'portMappings', index, 'hostPort'],
        message: `with networkMode awsvpc the host port of container ${name} must be its container port ${containerPort}. Remove hostPort.`,
      };
    }
  }
};

export const networkRules: readonly Rule[] = [loadBalancerTargets, hostPorts];
