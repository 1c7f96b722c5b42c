import { queryService } from './query.ts';

/** Who am I: answered to everyone. */
export const sts = queryService('sts', 'sts', 'https://sts.amazonaws.com/doc/2011-06-15/', {
  GetCallerIdentity: (_input, { caller, state }) => ({
    Arn: caller.arn,
    UserId: 'AROAEXAMPLE:session',
    Account: state.world.account,
  }),
});
