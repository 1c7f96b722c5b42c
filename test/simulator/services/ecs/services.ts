import { startStory } from '../../engine/advance.ts';
import { deleteService } from '../../engine/interventions.ts';
import { ApiError, invalidParameter } from '../../errors.ts';
import { authorize } from '../../permissions.ts';
import type { Operation } from '../room.ts';
import { arnOf, clusterName, enterCluster, findService, lastPart, page, strings } from './find.ts';
import { applyUpdate, checkUpdate } from './update.ts';
import { serviceView } from './views.ts';

const describeClusters: Operation = (input, { state, caller }) => {
  const asked = strings(input.clusters);
  const names = (asked.length > 0 ? asked : ['default']).map(lastPart);
  for (const name of names) {
    authorize(caller, 'ecs:DescribeClusters', arnOf(state, `cluster/${name}`));
  }
  const exists = (name: string) => Object.hasOwn(state.world.clusters, name);
  const missing = names.filter((name) => !exists(name));
  return {
    clusters: names.filter(exists).map((name) => {
      const services = state.services.filter(({ cluster }) => cluster === name);
      const arns = services.map(({ arn }) => arn);
      const tasks = state.tasks.filter(({ service }) => arns.includes(service));
      return {
        clusterArn: arnOf(state, `cluster/${name}`),
        clusterName: name,
        status: 'ACTIVE',
        registeredContainerInstancesCount: 0,
        runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
        pendingTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'PENDING').length,
        activeServicesCount: services.filter(({ status }) => status === 'ACTIVE').length,
        statistics: [],
        tags: [],
        settings: [],
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [],
      };
    }),
    failures: missing.map((name) => ({
      arn: arnOf(state, `cluster/${name}`),
      reason: 'MISSING',
    })),
  };
};

const listClusters: Operation = (input, { state, caller }) => {
  authorize(caller, 'ecs:ListClusters', '*');
  const arns = Object.keys(state.world.clusters).map((name) => arnOf(state, `cluster/${name}`));
  const { items, next } = page(arns, input, 100);
  return { clusterArns: items, ...next };
};

const listServices: Operation = (input, context) => {
  const name = enterCluster(input, context, 'ListServices', '*');
  const arns = context.state.services
    .filter(({ cluster, status }) => cluster === name && status !== 'INACTIVE')
    .map(({ arn }) => arn);
  const { items, next } = page(arns, input, 10);
  return { serviceArns: items, ...next };
};

const describeServices: Operation = (input, context) => {
  const { state, at } = context;
  const cluster = clusterName(input);
  const names = strings(input.services);
  for (const name of names) {
    const resource = `service/${cluster}/${lastPart(name)}`;
    enterCluster(input, context, 'DescribeServices', resource);
  }
  if (names.length === 0) throw invalidParameter('Services cannot be empty.');
  // No capture of this text is known.
  if (names.length > 10) throw invalidParameter('Services cannot be more than 10.');
  const services: object[] = [];
  const failures: object[] = [];
  for (const name of names) {
    const service = findService(state, cluster, name, at);
    if (service === undefined) {
      const arn = arnOf(state, `service/${cluster}/${lastPart(name)}`);
      failures.push({ arn, reason: 'MISSING' });
    } else if (service.stale !== undefined && service.stale.until > at) {
      services.push(service.stale.view);
    } else {
      services.push(serviceView(state, service));
    }
  }
  return { services, failures };
};

const updateService: Operation = (input, context) => {
  const { state, at } = context;
  const name = lastPart(String(input.service));
  const resource = `service/${clusterName(input)}/${name}`;
  const cluster = enterCluster(input, context, 'UpdateService', resource);
  const service = findService(state, cluster, String(input.service), at);
  if (service === undefined) throw new ApiError('ServiceNotFoundException', '');
  if (service.status !== 'ACTIVE') {
    throw new ApiError('ServiceNotActiveException', 'Service was not ACTIVE.');
  }
  const parameters = checkUpdate(state, service, input);
  const lag = state.world.eventuallyConsistentSeconds ?? 0;
  if (lag > 0) service.stale = { until: at + lag * 1000, view: serviceView(state, service) };
  startStory(state, at);
  applyUpdate(state, service, input, parameters, at);
  return { service: serviceView(state, service) };
};

const removeService: Operation = (input, context) => {
  const { state, at } = context;
  const name = lastPart(String(input.service));
  const resource = `service/${clusterName(input)}/${name}`;
  const cluster = enterCluster(input, context, 'DeleteService', resource);
  const service = findService(state, cluster, name, at);
  if (service === undefined) {
    throw new ApiError('ServiceNotFoundException', 'Service not found.');
  }
  if (service.status !== 'ACTIVE') {
    throw new ApiError('ServiceNotActiveException', 'Service was not ACTIVE.');
  }
  if (service.desiredCount > 0 && input.force !== true) {
    throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
  }
  deleteService(state, service, at);
  return { service: serviceView(state, service) };
};

export const serviceOperations = {
  ListClusters: listClusters,
  DescribeClusters: describeClusters,
  ListServices: listServices,
  DescribeServices: describeServices,
  UpdateService: updateService,
  DeleteService: removeService,
};
