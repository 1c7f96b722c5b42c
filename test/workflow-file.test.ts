import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAssignments, parseImages } from '../src/lines.ts';
import { workflowLocator } from '../src/workflow-file.ts';

const file = '.github/workflows/deploy.yml';
const ref = `example/shop/${file}@refs/heads/main`;
const definition = {
  family: 'web',
  containerDefinitions: [
    {
      name: 'app',
      image: 'web:2',
      secrets: [
        { name: 'PASSWORD', valueFrom: '/web/password' },
        { name: 'FROM_FILE', valueFrom: '/web/other' },
      ],
    },
    { name: 'sidecar', secrets: [{ name: 'TOKEN', valueFrom: '/web/token' }] },
  ],
};

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'workflow-'));
  mkdirSync(join(workspace, '.github/workflows'), { recursive: true });
});
afterEach(() => rmSync(workspace, { recursive: true }));

function locate(
  workflow: string,
  path: readonly (string | number)[],
  { secrets = 'PASSWORD=/web/password', job = 'deploy', of = ref } = {},
) {
  writeFileSync(join(workspace, file), workflow);
  const changes = {
    images: parseImages('image', 'web:2').values,
    environment: [],
    secrets: parseAssignments('secrets', secrets).values,
    unset: [],
    overrides: {},
    tags: {},
  };
  return workflowLocator({ workspace, workflow: { ref: of, job }, changes }, definition)(path);
}

const password = ['containerDefinitions', 0, 'secrets', 0, 'valueFrom'];
const token = ['containerDefinitions', 1, 'secrets', 0, 'valueFrom'];

const block = `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: ecs-rollout/ecs-rollout@v1
        with:
          cluster: prod
          image: web:2
          secrets: |
            OTHER=/web/PASSWORD=x
            PASSWORD=/web/password
            sidecar/TOKEN=/web/token
`;

describe('the line of the workflow file that gave', () => {
  it('a secret is the one that assigns it, in a block of lines', () => {
    expect(locate(block, password)).toEqual({ file, line: 12 });
  });

  it('a secret of another container is found behind its name', () => {
    expect(locate(block, token, { secrets: 'sidecar/TOKEN=/web/token' })).toEqual({
      file,
      line: 13,
    });
  });

  it('a secret is the input’s own when it stands beside it', () => {
    const inline = block.replace(/secrets: \|[\s\S]*/, 'secrets: PASSWORD=/web/password\n');
    expect(locate(inline, password)).toEqual({ file, line: 10 });
    const quoted = block.replace(/secrets: \|[\s\S]*/, 'secrets: "PASSWORD=/web/password"\n');
    expect(locate(quoted, password)).toEqual({ file, line: 10 });
  });

  it('an image is the input’s', () => {
    expect(locate(block, ['containerDefinitions', 0, 'image'])).toEqual({ file, line: 9 });
  });

  it('is the own job’s where several jobs have one', () => {
    const both = `${block}${block.replace(/^on: push\njobs:\n {2}deploy:/, '  preview:')}`;
    expect(locate(both, password)).toEqual({ file, line: 12 });
    expect(locate(both, password, { job: 'preview' })?.line).toBe(23);
  });
});

describe('no line is named', () => {
  it.each([
    ['when the step did not set it', ['containerDefinitions', 0, 'secrets', 1, 'valueFrom'], {}],
    ['for what is no container’s', ['family'], {}],
    ['without a workflow reference', password, { of: '' }],
    ['when the file is not there', password, { of: 'example/shop/.github/workflows/x.yml@main' }],
  ])('%s', (_, path, options) => {
    expect(locate(block, path, options)).toBeUndefined();
  });

  it('when two steps of the job have one', () => {
    const twice = block + block.slice(block.indexOf('      - uses'));
    expect(locate(twice, password)).toBeUndefined();
  });

  it('when the file is no YAML', () => {
    expect(locate('{{{{: [', password)).toBeUndefined();
  });
});
