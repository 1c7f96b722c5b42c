import { describeParameter } from '../parameter-metadata.ts';
import { type ParameterReference, parametersOf, referencesOf } from '../references.ts';
import { found, notChecked, passed } from '../results.ts';
import type { Check, CheckResult, Subject } from '../types.ts';

/** Every SSM parameter that is given to a container exists, by its metadata. */
export const parameters: Check = {
  name: 'SSM parameters',
  async run(subject) {
    const references = parametersOf(referencesOf(subject.plan.context));
    const results = await Promise.all(references.map((one) => checkParameter(subject, one)));
    return results.flat();
  },
};

async function checkParameter(
  subject: Subject,
  reference: ParameterReference,
): Promise<readonly CheckResult[]> {
  const { name, selector } = reference;
  const what = `SSM parameter ${name}`;
  const described = await describeParameter(subject, reference);
  switch (described.kind) {
    case 'unknown':
      return [notChecked(what, described.why)];
    case 'missing':
      return [
        found(subject, 'fails', what, {
          class: 'secret-not-found',
          evidence: `ssm:DescribeParameters does not list ${name} in ${reference.region}`,
          resource: name,
        }),
      ];
    case 'exists':
      return [
        passed(`${what} exists`),
        ...checkSelector(subject, reference, described.metadata.Version, selector),
      ];
  }
}

/** Versions are numbered from 1 without gaps at the end; labels are told by no metadata call. */
function checkSelector(
  subject: Subject,
  { name }: ParameterReference,
  newest: number | undefined,
  selector: string | undefined,
): readonly CheckResult[] {
  if (selector === undefined) return [];
  const what = `version ${selector} of SSM parameter ${name}`;
  if (!/^\d+$/.test(selector)) return [notChecked(what, 'only reading the value shows its labels')];
  if (newest === undefined) return [notChecked(what, 'SSM does not answer with its version')];
  if (Number(selector) <= newest) return [];
  const resource = `${name}:${selector}`;
  const evidence = `ssm:DescribeParameters answers with version ${newest} of ${name}`;
  return [
    found(
      subject,
      'fails',
      what,
      { class: 'secret-not-found', evidence, resource },
      { summary: `The SSM parameter ${name} has no version ${selector}: the newest is ${newest}.` },
    ),
  ];
}
