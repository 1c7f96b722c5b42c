import { shortName } from '../../arn.ts';
import { passed } from '../results.ts';
import type { Check } from '../types.ts';

/** The look-up has refused every other service before. */
export const service: Check = {
  name: 'service',
  async run({ plan }) {
    const { name, clusterArn } = plan.service;
    return [
      passed(`service ${name} of cluster ${shortName(clusterArn)} is active, deployed by ECS`),
    ];
  },
};
