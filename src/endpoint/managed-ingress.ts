import {
  type AccessType,
  DescribeExpressGatewayServiceCommand,
  DescribeServiceRevisionsCommand,
} from '@aws-sdk/client-ecs';
import type { Aws } from '../aws.ts';
import type { Service } from '../rollout/types.ts';
import type { Asker } from './ask.ts';
import type { Attachments } from './attachments.ts';
import { concretePath, isHostName } from './patterns.ts';
import { type Address, internalNote } from './types.ts';

/** An address that ECS itself made. */
interface Ingress {
  /** A host, or a whole URL. */
  readonly endpoint: string | undefined;
  readonly access: AccessType | undefined;
}

interface Found {
  readonly addresses: readonly Address[];
  /** Each completes "not found: …". */
  readonly whys: readonly string[];
}

/**
 * The addresses of what ECS manages before a service: of an Express service, or of a connection to a
 * gateway, of which only the service's revisions tell.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-overview.html
 */
export async function findManagedIngress(
  { ask }: Asker,
  { ecs }: Pick<Aws, 'ecs'>,
  service: Service,
  { isExpress, targetGroups, revisions }: Attachments,
): Promise<Found> {
  const whys: string[] = [];
  if (isExpress) {
    const asked = await ask('ecs:DescribeExpressGatewayService', (abortSignal) =>
      ecs.send(new DescribeExpressGatewayServiceCommand({ serviceArn: service.arn }), {
        abortSignal,
      }),
    );
    if (asked.kind === 'none') whys.push(asked.why);
    const configurations =
      (asked.kind === 'answer' ? asked.value.service?.activeConfigurations : undefined) ?? [];
    const addresses = addressesOf(
      newestFirst(configurations).flatMap(({ ingressPaths }) =>
        (ingressPaths ?? []).map(({ endpoint, accessType: access }) => ({ endpoint, access })),
      ),
    );
    if (addresses.length > 0) return { addresses, whys: [] };
  }
  if (!isExpress && targetGroups.length > 0) return { addresses: [], whys };
  if (revisions.length === 0) return { addresses: [], whys };
  const asked = await ask('ecs:DescribeServiceRevisions', (abortSignal) =>
    ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisions.slice(0, 20) }), {
      abortSignal,
    }),
  );
  // Most services without a load balancer have no gateway either: a denial is not worth a word.
  if (asked.kind === 'none' && isExpress) whys.push(asked.why);
  const found = asked.kind === 'answer' ? (asked.value.serviceRevisions ?? []) : [];
  const addresses = addressesOf(
    newestFirst(found).flatMap(({ ecsManagedResources: managed }) => [
      ...(managed?.ingressPaths ?? []).map(({ endpoint, accessType: access }) => ({
        endpoint,
        access,
      })),
      ...(managed?.gatewayConnections ?? []).map(({ serviceUrl, accessType: access }) => ({
        endpoint: serviceUrl,
        access,
      })),
    ]),
  );
  return { addresses, whys: addresses.length > 0 ? [] : whys };
}

function newestFirst<T extends { createdAt?: Date | undefined }>(all: readonly T[]): T[] {
  const at = ({ createdAt }: T) => createdAt?.getTime() ?? 0;
  return all.toSorted((one, other) => at(other) - at(one));
}

/** Public ones first. */
function addressesOf(all: readonly Ingress[]): Address[] {
  const isPrivate = ({ access }: Ingress) => access === 'PRIVATE';
  return [...all.filter((one) => !isPrivate(one)), ...all.filter(isPrivate)].flatMap((one) => {
    const url = urlOf(one.endpoint ?? '');
    return url === undefined ? [] : { url, notes: isPrivate(one) ? [internalNote] : [] };
  });
}

/** Of untrusted text, with or without a scheme; undefined where it holds no plain host name. */
function urlOf(endpoint: string): string | undefined {
  const match = /^(?:(https?):\/\/)?([^/?#:@\\]+)(?::(\d{1,5}))?(\/[^?#*]*)?$/i.exec(endpoint);
  if (!match) return undefined;
  const [, scheme = 'https', host = '', port, path = '/'] = match;
  if (!isHostName(host)) return undefined;
  const safe = concretePath(path)?.path ?? '/';
  return `${scheme.toLowerCase()}://${host}${port ? `:${port}` : ''}${safe === '/' ? '' : safe}`;
}
