import { describe } from 'vitest';
import { checkRows, container, each, event, task } from './table.ts';

describe('captured texts: images and registries', () => {
  checkRows([
    container(
      'CannotPullContainerError: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec/17cbd22653424f62971b13fffcf6113e is not authorized to perform: ecr:BatchCheckLayerAvailability on resource: arn:aws:ecr:eu-west-1:123456789012:repository/api because no resource-based policy allows the ecr:BatchCheckLayerAvailability action',
      {
        class: 'image-access-denied',
        principal: 'exec',
        principalKind: 'execution-role',
        action: 'ecr:BatchCheckLayerAvailability',
        resource: 'arn:aws:ecr:eu-west-1:123456789012:repository/api',
        fixableInRole: false,
        policy: 'resource',
        explicit: false,
      },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:404: unexpected status from HEAD request to https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/api/manifests/404: 403 Forbidden',
      {
        class: 'image-access-denied',
        principalKind: 'execution-role',
        resource: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:404',
      },
    ),
    task(
      'CannotPullContainerError: inspect image has been retried 1 time(s):\nfailed to resolve ref "123456789012.dkr.ecr.us-east-1.amazonaws.com/rdicidr:latest":\nunexpected status code 401 Unauthorized',
      {
        class: 'image-access-denied',
        principalKind: 'execution-role',
        resource: '123456789012.dkr.ecr.us-east-1.amazonaws.com/rdicidr:latest',
      },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ACCOUNT_ID.dkr.ecr.us-east-1.amazonaws.com/backend-flask:latest: pulling from host ACCOUNT_ID.dkr.ecr.us-east-1.amazonaws.com failed with status code [manifests latest]: 403 Forbidden',
      {
        class: 'image-access-denied',
        principalKind: 'execution-role',
        resource: 'ACCOUNT_ID.dkr.ecr.us-east-1.amazonaws.com/backend-flask:latest',
      },
    ),
    task(
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to pull\nand unpack image "123456789.dkr.ecr.us-east-1.amazonaws.com/myapp:latest":\nfailed to resolve reference: unexpected status code 403 Forbidden',
      { class: 'image-access-denied', principalKind: 'execution-role' },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref acme.jfrog.io/docker-local/api:1.2: pulling from host acme.jfrog.io failed with status code [manifests 1.2]: 401 Unauthorized',
      { class: 'image-access-denied', resource: 'acme.jfrog.io/docker-local/api:1.2' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: Get "https://acme.jfrog.io/v2/docker/api/manifests/3": unknown: Authentication is required',
      { class: 'image-access-denied', resource: 'acme.jfrog.io/docker/api:3' },
    ),
    task(
      'CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref "docker.io/library/ngin:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      { class: 'image-access-denied', resource: 'docker.io/library/ngin:latest' },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/mycontainer:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      { class: 'image-access-denied', resource: 'docker.io/mycontainer:latest' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: Head "https://ghcr.io/v2/acme/api/manifests/1.2.3": unauthorized: authentication required',
      { class: 'image-access-denied', resource: 'ghcr.io/acme/api:1.2.3' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: Head "https://ghcr.io/v2/acme/api/manifests/latest": denied: denied',
      { class: 'image-access-denied', resource: 'ghcr.io/acme/api:latest' },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): \n  failed to resolve ref ghcr.io/shivang0101/minicommerce-backend:latest: \n  failed to authorize: failed to fetch anonymous token: 401 Unauthorized',
      { class: 'image-access-denied', resource: 'ghcr.io/shivang0101/minicommerce-backend:latest' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: Get https://registry.gitlab.com/v2/acme/api/manifests/latest: denied: access forbidden',
      { class: 'image-access-denied', resource: 'registry.gitlab.com/acme/api:latest' },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref registry.gitlab.com/acme/api:main: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.com/jwt/auth?scope=repository%3Aacme%2Fapi%3Apull&service=container_registry: 403 Forbidden',
      { class: 'image-access-denied', resource: 'registry.gitlab.com/acme/api:main' },
    ),
    ...each(container, { class: 'image-access-denied' }, [
      'CannotPullContainerError: Error response from daemon: error parsing HTTP 403 response body: invalid character \'<\' looking for beginning of value: "<html><head><title>403 Forbidden</title></head></html>"',
      'Cannotpullcontainer: ... No basic auth credentials',
      'CannotPullContainerError: Error response from daemon: unauthorized: access to the requested resource is not authorized',
      'CannotPullContainerError: Error response from daemon: unknown: The client does not have permission for manifest',
      'CannotPullContainerError: Error response from daemon: denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/p/locations/us/repositories/r" (or it may not exist)',
      'CannotPullContainerError: Error response from daemon: errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n',
    ]),
    event(
      '(service backend-rag-multipurpose) was unable to place a task. Reason: CannotPullContainerError:\npull image manifest has been retried 7 time(s): failed to resolve ref\n123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/rag-nginx:latest: not found.',
      {
        class: 'image-not-found',
        resource: '123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/rag-nginx:latest',
      },
    ),
    task(
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: content at https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/api/manifests/sha256:aaaa not found: not found',
      { class: 'image-not-found', resource: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: manifest for 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest not found: manifest unknown',
      {
        class: 'image-not-found',
        resource: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest',
      },
    ),
    container(
      'CannotPullContainerError: API error (404): manifest for 123456789012.dkr.ecr.us-east-1.amazonaws.com/ichain/core:it_test not found',
      {
        class: 'image-not-found',
        resource: '123456789012.dkr.ecr.us-east-1.amazonaws.com/ichain/core:it_test',
      },
    ),
    container(
      'CannotPullContainerError: API error (404): repository 123456789012.dkr.ecr.us-east-1.amazonaws.com/repo1/image1 not found',
      {
        class: 'image-not-found',
        resource: '123456789012.dkr.ecr.us-east-1.amazonaws.com/repo1/image1',
      },
    ),
    event(
      'CannotPullContainerError: failed to resolve ref docker.io/bitnami/kafka:3.7: not found',
      { class: 'image-not-found', resource: 'docker.io/bitnami/kafka:3.7' },
    ),
    container('CannotPullContainerError: Error: image newspring/heighliner:GH306-B1538 not found', {
      class: 'image-not-found',
      resource: 'newspring/heighliner:GH306-B1538',
    }),
    task(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref quay.io/acme/api:v403: quay.io/acme/api:v403: not found',
      { class: 'image-not-found', resource: 'quay.io/acme/api:v403' },
    ),
    ...each(task, { class: 'image-not-found' }, [
      'CannotPullContainerError: inspect image "v2.4.1-broken": not found in ECR',
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/example-service:example-image:image-tag@sha256:sha digest: not found',
      'CannotPullContainerError: failed to resolve ref:\n<account>.dkr.ecr.eu-west-3.amazonaws.com/cloudops-incident-api-dev:latest not found',
      'CannotPullContainerError: failed to resolve ref\n123456789012.dkr.ecr.us-east-1.amazonaws.com/investment-tracker-api:latest\nnot found',
      'CannotPullContainerError: ... :agent-lab-001: not found',
    ]),
    ...each(container, { class: 'image-not-found' }, [
      'CannotPullContainerError: Tag latest not found in repository docker.io/library/owncloud',
      'CannotPullECRContainerError: engine ecr credentials: not found',
      'CannotPullContainerError: Error response from daemon: manifest unknown: The named manifest is not known to the registry.',
      'CannotPullContainerError: failed to resolve ref: not found',
      'CannotPullContainerError: repository does not exist',
      'CannotPullContainerError: error pulling image configuration: manifest not found',
    ]),
    event(
      '(service wellconverge) was unable to place a task. Reason: CannotPullContainerError ... :latest: not found',
      { class: 'image-not-found' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: no matching manifest for windows/amd64 10.0.17763 in the manifest list entries',
      { class: 'image-platform-mismatch', platform: 'windows/amd64' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: image with reference 123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:1 was found but does not match the specified platform: wanted linux/amd64, actual: linux/arm64',
      { class: 'image-platform-mismatch' },
    ),
    ...each(task, { class: 'image-pull-other' }, [
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): \nfailed to resolve ref public.ecr.aws/docker/library/nginx:stable',
      'CannotPullContainerError: The task cannot pull ############.dkr.ecr.us-east-1.amazonaws.com/product-app-ecr:latest from the registry ############.dkr.ecr.us-east-1.amazonaws.com/product-app-ecr:latest.',
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed commit on ref "layer-sha256:c02342326b04a05fa0fc4c703c4aaa8ffb46cc0f2eda269c4a0dee53c8296182": unexpected commit digest sha256:aaaa, expected sha256:c0234: failed precondition',
      'CannotPullContainerError: failed to extract layer sha256:aa: archive/tar: invalid tar header: unknown',
      'TaskFailedToStart: ResourceInitializationError: unable to pull image',
      'CannotPullContainerError: failed to decrypt image manifest with KMS key arn:...',
      'CannotPullContainerError: failed to resolve ref',
    ]),
    ...each(container, { class: 'image-pull-other' }, [
      'CannotPullContainerError: inspect image has been retried 1 time(s)',
      'CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device',
      'CannotPullContainerError: Error response from daemon: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image as "application/vnd.docker.distribution.manifest.v2+json"',
      'CannotPullContainerError: Error response from daemon: invalid reference format',
    ]),
    task(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref public.ecr.aws/docker/library/node:20: unexpected status from HEAD request to https://public.ecr.aws/v2/docker/library/node/manifests/20: 429 Too Many Requests',
      { class: 'image-rate-limited', resource: 'public.ecr.aws/docker/library/node:20' },
    ),
    ...each(container, { class: 'image-rate-limited' }, [
      'CannotPullContainerError: Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
      'CannotPullContainerError: Error response from daemon: toomanyrequests: Data limit exceeded',
      'CannotPullContainerError: error pulling image configuration: toomanyrequests',
    ]),
    task(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s):\n            429 Too Many Requests - You have reached your\n            unauthenticated pull rate limit',
      { class: 'image-rate-limited' },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: 24460c33-1d7d-4ee9-99cf-c259d53e7b44, api error AccessDeniedException: User: arn:aws:sts::***:assumed-role/mcfpipe-tester-TesterExecutionRole-aWok1pIh26Gk/a5209a25e2424cafa8d2f56406f57b35 is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action',
      {
        class: 'registry-auth-denied',
        principal: 'mcfpipe-tester-TesterExecutionRole-aWok1pIh26Gk',
        principalKind: 'execution-role',
        action: 'ecr:GetAuthorizationToken',
        resource: '*',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:1: failed to do request: Head "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/api/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      { class: 'registry-network', resource: '123456789012.dkr.ecr.eu-west-1.amazonaws.com' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: Get "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/": dial tcp: lookup 123456789012.dkr.ecr.eu-west-1.amazonaws.com on 169.254.169.253:53: read udp 10.0.0.1:1->169.254.169.253:53: i/o timeout',
      { class: 'registry-network', resource: '123456789012.dkr.ecr.eu-west-1.amazonaws.com' },
    ),
    container(
      'CannotPullContainerError: API error (500): Get https://123456789012.dkr.ecr.us-east-1.amazonaws.com/v1/_ping: dial tcp: i/o timeout',
      { class: 'registry-network', resource: '123456789012.dkr.ecr.us-east-1.amazonaws.com' },
    ),
    container(
      'CannotPullECRContainerError: RequestError: send request failed caused by: Post "https://api.ecr.us-west-2.amazonaws.com/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      { class: 'registry-network', resource: 'api.ecr.us-west-2.amazonaws.com' },
    ),
    container(
      'CannotPullContainerError: error pulling image configuration: Get https://dseasb33srnrn.cloudfront.net/registry-v2/docker/registry/v2/blobs/sha256/f6/f6e427c148a766d2d6c117d67359a0aa7d133b5b/data: x509: certificate has expired or is not yet valid',
      { class: 'registry-network', resource: 'dseasb33srnrn.cloudfront.net' },
    ),
    task(
      'CannotPullContainerError: The task cannot pull 123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/spend_sense:1.0.4@sha256:88e87b4d1cc2ffaf5cf4b6688cccc0d80f16e88e965468d68b917b27433cadb6 from the registry 123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/spend_sense:1.0.4@sha256:88e87b4d1cc2ffaf5cf4b6688cccc0d80f16e88e965468d68b917b27433cadb6. There is a connection issue between the task and the registry. Check your task network configuration. : failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-ap-southeast-1-starport-layer-bucket.s3.ap-southeast-1.amazonaws.com/x": dial tcp 3.5.148.1:443: i/o timeout',
      {
        class: 'registry-network',
        resource: 'prod-ap-southeast-1-starport-layer-bucket.s3.ap-southeast-1.amazonaws.com',
      },
    ),
    task(
      'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://production.cloudflare.docker.com/registry-v2/docker/registry/v2/blobs/sha256/ab/abc/data?verify=1": dial tcp 104.16.100.215:443: i/o timeout',
      { class: 'registry-network', resource: 'production.cloudflare.docker.com' },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref public.ecr.aws/nginx/nginx:latest: failed to do request: Head "https://public.ecr.aws/v2/nginx/nginx/manifests/latest": dial tcp 75.2.101.78:443: i/o timeout',
      { class: 'registry-network', resource: 'public.ecr.aws' },
    ),
    task(
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref quay.io/deepfenceio/cloud-scanner:latest: failed to do request: Head "https://quay.io/v2/deepfenceio/cloud-scanner/manifests/latest": dial tcp 3.210.148.47:443: i/o timeout',
      { class: 'registry-network', resource: 'quay.io' },
    ),
    ...each(task, { class: 'registry-network', resource: 'registry-1.docker.io' }, [
      'CannotPullContainerError: pull image manifest has been retried 7 time(s):\nfailed to resolve ref docker.io/library/payment-api:latest: failed to do\nrequest: Head "https://registry-1.docker.io/v2/library/payment-api/manifests/latest":\ndial tcp 44.210.47.137:443: i/o timeout',
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/latest:latest: failed to do request: Head "<https://registry-1.docker.io/v2/library/latest/manifests/latest>": dial tcp 44.205.64.79:443: i/o timeout',
    ]),
    container(
      'CannotPullContainerError: API error (500): Get https://registry-1.docker.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      { class: 'registry-network', resource: 'registry-1.docker.io' },
    ),
    ...each(task, { class: 'registry-network' }, [
      'ResourceInitializationError: unable to pull secrets or registry auth: pull command failed: : signal: killed',
      'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.us-gov-west-1.amazonaws.com/": dial tcp 10.0.3.7:443: connect: connection refused',
      'CannotPullContainerError: The task cannot pull \n123456789012.dkr.ecr.us-east-1.amazonaws.com/clubapp-backend:latest \nfrom the registry...\ndial tcp 52.217.233.242:443: i/o timeout',
      'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.ap-northeast-2.amazonaws.com/": dial tcp 54.180.184.245:443: i/o timeout',
      'CannotPullContainerError: failed to copy: httpReadSeeker: failed open: dial tcp <ECR-IP>:443: i/o timeout',
    ]),
    ...each(container, { class: 'registry-network' }, [
      'CannotPullContainerError: context canceled',
      'CannotPullContainerError: error pulling image configuration: download failed after attempts=6: net/http: TLS handshake timeout',
      'CannotPullContainerError: error pulling image configuration: download failed after attempts=6: EOF',
      'CannotPullContainerError: error pulling image configuration: unexpected EOF',
    ]),
    event(
      'service seller-service-xaq0vgxm was unable to place a task. Reason: ResourceInitializationError: \n]unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: \nThere is a connection issue between the task and Amazon ECR.\n Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3,\n https response error StatusCode: 0, RequestID: , request send failed, Post',
      { class: 'registry-network' },
    ),
  ]);
});
