/** The parts of an ARN, or undefined for anything else. */
export function parseArn(
  text: string,
):
  | { partition: string; service: string; region: string; account: string; resource: string }
  | undefined {
  const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/.exec(text);
  if (!match) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}

/** The last part of an ARN's path, e.g. `web:7` of a task definition or `web` of a service. */
export function shortName(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf('/') + 1);
}
