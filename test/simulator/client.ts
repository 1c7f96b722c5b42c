import type { Json } from './world.ts';

/** An answer as it came, and its JSON where it is JSON. */
export interface Answer {
  status: number;
  text: string;
  json: Json;
}

export interface CallOptions {
  /** The access key id in the signature; none sends no signature. */
  key?: string | undefined;
  signal?: AbortSignal;
}

/** A client by hand, for the tests: one AwsJson call. */
export async function callJson(
  url: string,
  target: string,
  input: unknown,
  { key = 'AKIAEXAMPLE', signal }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      ...(key === '' ? {} : { authorization: signature(key, 'ecs') }),
    },
    body: typeof input === 'string' ? input : JSON.stringify(input),
    ...(signal && { signal }),
  });
  return read(response);
}

/** One AwsQuery call. */
export async function callQuery(
  url: string,
  service: string,
  form: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: signature('AKIAEXAMPLE', service) },
    body: new URLSearchParams(form),
  });
  return read(response);
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, text, json: isJson ? JSON.parse(text) : {} };
}

function signature(key: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=${key}/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;
}
