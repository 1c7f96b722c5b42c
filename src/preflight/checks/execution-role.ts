import { checkNeeds, type Principal, summedUp } from '../needs/check-needs.ts';
import { environmentFileNeeds } from '../needs/environment-files.ts';
import { imageNeeds } from '../needs/images.ts';
import { keyNeeds } from '../needs/keys.ts';
import { logNeeds } from '../needs/logs.ts';
import type { NeedSource } from '../needs/need.ts';
import { secretNeeds } from '../needs/secrets.ts';
import { isForeign, notChecked } from '../results.ts';
import { roleNamed } from '../role.ts';
import type { Check } from '../types.ts';

const sources: readonly NeedSource[] = [
  secretNeeds,
  keyNeeds,
  imageNeeds,
  logNeeds,
  environmentFileNeeds,
];

/** The policies of the execution role allow what starting a task takes. */
export const executionRole: Check = {
  name: 'permissions of the execution role',
  async run(subject) {
    const { definition, context } = subject.plan;
    // One that is missing and needed was refused before.
    if (!definition.executionRoleArn) return [];
    const { arn, name } = roleNamed(definition.executionRoleArn, context.place);
    if (isForeign(subject, arn)) {
      return [notChecked(`${this.name} ${name}`, 'it belongs to another account')];
    }
    const role: Principal = {
      arn,
      name,
      kind: 'execution-role',
      ifMissing: 'there is no such role',
    };
    const results = await Promise.all(
      sources.map(async (source) => checkNeeds(subject, role, await source(subject))),
    );
    return summedUp(role, results.flat());
  },
};
