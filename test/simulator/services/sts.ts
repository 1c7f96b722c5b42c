import { escapeXml, queryService } from './room.ts';

/** Who am I: answered to everyone. */
export const sts = queryService('sts', 'sts', 'https://sts.amazonaws.com/doc/2011-06-15/', {
  GetCallerIdentity: (_input, { caller, state }) =>
    `<Arn>${escapeXml(caller.arn)}</Arn><UserId>AROAEXAMPLE:session</UserId><Account>${state.world.account}</Account>`,
});
