import { queryService } from '../query.ts';
import { describeListeners, describeLoadBalancers, describeRules } from './load-balancers.ts';
import { describeTargetGroups, describeTargetHealth } from './target-groups.ts';

/** Load balancers as far as the way from a service to its address goes. */
export const elbv2 = queryService(
  'elbv2',
  'elasticloadbalancing',
  'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  {
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetHealth: describeTargetHealth,
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeListeners: describeListeners,
    DescribeRules: describeRules,
  },
);
