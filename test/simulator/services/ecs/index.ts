import { jsonService } from '../room.ts';
import { expressOperations } from './express.ts';
import { serviceDeploymentOperations } from './service-deployments.ts';
import { serviceOperations } from './services.ts';
import { taskDefinitionOperations } from './task-definitions.ts';
import { taskOperations } from './tasks.ts';

export const ecs = jsonService('ecs', 'AmazonEC2ContainerServiceV20141113', {
  ...taskDefinitionOperations,
  ...serviceOperations,
  ...serviceDeploymentOperations,
  ...expressOperations,
  ...taskOperations,
});
