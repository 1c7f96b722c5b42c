import { isDeepStrictEqual } from 'node:util';
import { startDeployment } from '../../engine/rollout.ts';
import { reconcile } from '../../engine/scheduler.ts';
import type { Service, ServiceParameters, State, TaskDefinition } from '../../engine/state.ts';
import { clientError, invalidParameter } from '../../errors.ts';
import type { DeploymentConfiguration, Json, LoadBalancer } from '../../world.ts';
import { findTaskDefinition } from './find.ts';

/** The parameters besides the task definition that start a deployment when they change. */
const deploying = [
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const;

/** What else the service keeps and shows. */
const kept = ['healthCheckGracePeriodSeconds', 'enableExecuteCommand', 'propagateTags'].concat([
  'enableECSManagedTags',
  'availabilityZoneRebalancing',
  'placementConstraints',
  'placementStrategy',
]);

/** Throws what UpdateService objects to; returns the parameters that the service would have. */
export function checkUpdate(state: State, service: Service, input: Json): ServiceParameters {
  checkController(service, input);
  const { desiredCount, healthCheckGracePeriodSeconds: grace } = input;
  if (typeof desiredCount === 'number' && desiredCount < 0) {
    throw invalidParameter('desiredCount must not be negative.');
  }
  if (typeof grace === 'number' && (grace < 0 || grace > 2_147_483_647)) {
    throw invalidParameter('healthCheckGracePeriodSeconds must be between 0 and 2147483647.');
  }
  const parameters: ServiceParameters = structuredClone(service.parameters);
  for (const field of deploying) {
    if (input[field] !== undefined) Object.assign(parameters, { [field]: input[field] });
  }
  if (input.capacityProviderStrategy !== undefined) {
    parameters.capacityProviderStrategy = input.capacityProviderStrategy as unknown[];
  }
  const { networkConfiguration } = parameters;
  if (networkConfiguration !== undefined) {
    parameters.networkConfiguration = fillNetwork(networkConfiguration);
  }
  if (input.taskDefinition === undefined) return parameters;
  const definition = findTaskDefinition(state, String(input.taskDefinition));
  if (definition === undefined) throw clientError('TaskDefinition not found.');
  if (definition.status === 'INACTIVE') throw clientError('TaskDefinition is inactive');
  parameters.taskDefinition = definition.arn;
  checkFit(definition, parameters);
  return parameters;
}

function checkController(service: Service, input: Json): void {
  if (service.controller !== 'CODE_DEPLOY') return;
  const suffix =
    'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.';
  if (input.taskDefinition !== undefined) {
    throw invalidParameter(`Unable to update task definition ${suffix}`);
  }
  if (input.forceNewDeployment === true) {
    throw invalidParameter(`Cannot force a new deployment ${suffix}`);
  }
}

/** Whether the service can run this task definition: its load balancers and its network. */
function checkFit({ body }: TaskDefinition, parameters: ServiceParameters): void {
  for (const { containerName, containerPort } of parameters.loadBalancers) {
    checkTarget(body, containerName, containerPort);
  }
  if (body.networkMode === 'awsvpc' && parameters.networkConfiguration === undefined) {
    throw invalidParameter(
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  }
}

function checkTarget(body: Json, name: LoadBalancer['containerName'], port: number): void {
  const container = (body.containerDefinitions as Json[]).find((one) => one.name === name);
  if (container === undefined) {
    throw invalidParameter(`The container ${name} does not exist in the task definition.`);
  }
  const ports = (container.portMappings ?? []) as Json[];
  if (!ports.some(({ containerPort }) => containerPort === port)) {
    throw invalidParameter(`The container ${name} did not have a container port ${port} defined.`);
  }
}

function fillNetwork(network: Json): Json {
  const awsvpc = network.awsvpcConfiguration as Json | undefined;
  if (awsvpc === undefined) return network;
  return {
    awsvpcConfiguration: { securityGroups: [], assignPublicIp: 'DISABLED', ...awsvpc },
  };
}

/** Applies a checked update; starts a deployment only where AWS would. */
export function applyUpdate(
  state: State,
  service: Service,
  input: Json,
  parameters: ServiceParameters,
  at: number,
): void {
  if (typeof input.desiredCount === 'number') service.desiredCount = input.desiredCount;
  if (input.deploymentConfiguration !== undefined) {
    service.configuration = {
      ...service.configuration,
      ...(input.deploymentConfiguration as DeploymentConfiguration),
    };
  }
  for (const field of kept) {
    if (input[field] !== undefined) service.extra[field] = input[field];
  }
  const before = service.parameters;
  service.parameters = parameters;
  const changed = [...deploying, 'taskDefinition' as const].some(
    (field) => !isDeepStrictEqual(before[field], parameters[field]),
  );
  if (changed || input.forceNewDeployment === true) {
    startDeployment(state, service, at);
  } else {
    reconcile(state, service, at);
  }
}
