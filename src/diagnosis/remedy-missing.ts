import { parseArn } from '../arn.ts';
import {
  imageTitle,
  type KnownPlace,
  logGroupName,
  parseEcrHost,
  parseImage,
  parseSecretName,
  plain,
  secretTitle,
  shellWord,
  withoutRandom,
} from './finding-names.ts';
import { jsonKey } from './finding-words.ts';
import { logGroupArn, logRegion } from './remedy-denied.ts';
import { allowing, json } from './remedy-policy.ts';
import type { TiedCause } from './tie.ts';

/** `--region eu-west-1 `, where the region is known. */
export const regionOption = ({ region }: Pick<KnownPlace, 'region'>) =>
  region === null ? '' : `--region ${region} `;

/** Reads a value from the terminal without showing it, and keeps it out of history and arguments. */
const READ_VALUE = 'read -rs VALUE && printf %s "$VALUE" |';

/** ` in web.json line 24`, where the place of the value is known. */
function inFile({ location }: TiedCause): string {
  return location ? ` in ${plain(location.file)} line ${location.line}` : '';
}

export function createParameter(tied: TiedCause): string {
  const { resource, place } = tied;
  const name = resource === null ? null : parameterName(resource);
  const where = place.region === null ? 'in the region of the task' : `in ${place.region}`;
  return [
    `Create the parameter ${where}, or correct its name${inFile(tied)} if another was meant (the value is asked for when this runs):`,
    `${READ_VALUE} aws ssm put-parameter ${regionOption(place)}--name ${name === null ? '"<name of the parameter>"' : shellWord(name)} --type SecureString --value file:///dev/stdin`,
  ].join('\n');
}

/** The name as the API takes it: with a leading slash where it has levels, without its version. */
function parameterName(resource: string): string {
  const { arn } = parseSecretName(resource);
  if (arn === null) return resource.replace(/:\d+$/, '');
  return secretTitle(arn);
}

export function createSecret(tied: TiedCause): string {
  const { resource, reference, place, evidence } = tied;
  const named = resource ?? reference;
  const arn = named === null ? null : parseSecretName(named).arn;
  const id = arn === null ? (named ?? '<name of the secret>') : arn;
  const option = `${regionOption(place)}--secret-id ${shellWord(id)}`;
  if (/marked for deletion|marked deleted/i.test(evidence)) {
    return `Take the secret back before it is gone, or name another${inFile(tied)}:\naws secretsmanager restore-secret ${option}`;
  }
  if (/staging label|version/i.test(evidence)) {
    return `Give the secret a value, or correct the version${inFile(tied)} (the value is asked for when this runs):\n${READ_VALUE} aws secretsmanager put-secret-value ${option} --secret-string file:///dev/stdin`;
  }
  const name = named === null ? null : withoutRandom(parseSecretName(named).name);
  return [
    `Name the full ARN of a secret that exists${inFile(tied)}, with the six characters that AWS added to its name and the region of the task. This shows it, if there is one:`,
    `aws secretsmanager describe-secret ${regionOption(place)}--secret-id ${name === null ? '"<name of the secret>"' : shellWord(name)} --query ARN --output text`,
  ].join('\n');
}

export function addKey(tied: TiedCause): string {
  const key = jsonKey(tied);
  const reference = `valueFrom${inFile(tied)}`;
  const form = 'arn:…:secret:NAME-6chars:JSON-KEY:VERSION-STAGE:VERSION-ID';
  if (/unexpected ARN format/i.test(tied.evidence)) {
    return `Write all fields of the reference in ${reference}: ${form}. A field may be empty, but each of the three colons after the secret's name must be there; stage and id exclude each other.`;
  }
  const example = json({ [key ?? '<key>']: '<value>' });
  if (/invalid character|cannot unmarshal|unexpected end/i.test(tied.evidence)) {
    return `Either drop the JSON key from ${reference}, which then gives the whole value, or store the secret's value as JSON:\n${example}`;
  }
  return `Correct the JSON key in ${reference} (its form is ${form}), or add the key to the secret's JSON:\n${example}`;
}

export function createLogGroup(tied: TiedCause): string {
  const { resource, reference, place, container, definition } = tied;
  const group = resource ?? reference;
  const region = logRegion(definition, container) ?? place.region;
  const word = group === null ? '"<name of the log group>"' : shellWord(logGroupName(group));
  return [
    'Create the log group before the deployment:',
    `aws logs create-log-group ${regionOption({ region })}--log-group-name ${word}`,
    'Or have ECS create it: set the option awslogs-create-group of logConfiguration to "true", and add to the policies of the execution role:',
    allowing([{ Action: 'logs:CreateLogGroup', Resource: logGroupArn(tied) }]),
  ].join('\n');
}

export function pushImage(tied: TiedCause): string {
  const image = tied.resource ?? tied.reference;
  if (image === null) {
    return 'Push the image before the deployment, or name one that exists: repository, tag and region must be exactly those of the push.';
  }
  const { registry, repository, digest } = parseImage(image);
  const place = parseEcrHost(registry);
  const gone = digest
    ? '\nA digest that was deleted after a deployment pinned it is found again by a new deployment: force-new-deployment: true.'
    : '';
  if (place === undefined || parseArn(image)) {
    return `Push ${imageTitle(image)}, or name an image that exists${inFile(tied)}. This shows whether it does:\ndocker manifest inspect ${shellWord(image)}${gone}`;
  }
  return [
    `Push ${imageTitle(image)}, or name a tag that exists${inFile(tied)}. The newest ones are shown by`,
    `aws ecr describe-images --region ${place.region} --registry-id ${place.account} --repository-name ${shellWord(repository)} --query 'sort_by(imageDetails,&imagePushedAt)[-5:].[imagePushedAt,imageTags]' --output text${gone}`,
  ].join('\n');
}
