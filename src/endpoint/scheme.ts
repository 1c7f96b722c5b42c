import type { Listener, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';

/** Best first. */
export const schemes = ['https', 'http', 'tcp', 'udp'] as const;
export type Scheme = (typeof schemes)[number];

export const defaultPorts: Readonly<Record<Scheme, number | undefined>> = {
  https: 443,
  http: 80,
  tcp: undefined,
  udp: undefined,
};

/**
 * What is spoken at a listener. One of a Network Load Balancer for TCP does not say it: its port
 * and the health checks of the target groups behind it do. Undefined where there is no address.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
 */
export function schemeOf(
  { Protocol, Port }: Listener,
  groups: readonly TargetGroup[],
): Scheme | undefined {
  switch (Protocol) {
    case 'HTTPS':
    case 'TLS':
    case 'QUIC':
    case 'TCP_QUIC':
      return 'https';
    case 'HTTP':
      return 'http';
    case 'TCP':
    case 'TCP_UDP':
      return spokenOverTcp(Port, groups);
    case 'UDP':
      return 'udp';
    default:
      return undefined;
  }
}

function spokenOverTcp(port: number | undefined, groups: readonly TargetGroup[]): Scheme {
  if (port === 443 || port === 8443) return 'https';
  if (port === 80 || port === 8080) return 'http';
  const checks = groups.map(({ HealthCheckProtocol }) => HealthCheckProtocol);
  // Targets that are checked over TLS end it themselves.
  if (checks.includes('HTTPS')) return 'https';
  return checks.includes('HTTP') ? 'http' : 'tcp';
}
