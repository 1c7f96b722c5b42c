import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionFamiliesCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadSource } from '../../src/task-definition/source.ts';
import type { SourceReference } from '../../src/task-definition/types.ts';
import { arnOf, definition, described, exception } from './factory.ts';

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());

function load(reference: SourceReference, workspace = '/') {
  return loadSource(reference, {
    ecs: new ECSClient({}),
    workspace,
    runningTaskDefinition: arnOf('web:7'),
  });
}

async function loadFile(content: unknown) {
  const workspace = await mkdtemp(join(tmpdir(), 'source-'));
  onTestFinished(() => rm(workspace, { recursive: true }));
  await writeFile(join(workspace, 'task.json'), JSON.stringify(content));
  return load({ kind: 'file', path: 'task.json' }, workspace);
}

describe('the source of a deploy', () => {
  it('is the revision that runs, without what cannot be registered', async () => {
    const tags = [
      { key: 'team', value: 'a' },
      { key: 'aws:cloudformation:stack-id', value: 'b' },
    ];
    ecs
      .on(DescribeTaskDefinitionCommand, { taskDefinition: arnOf('web:7'), include: ['TAGS'] })
      .resolves(described(definition({ tags })));
    const source = await load({ kind: 'running' });
    expect(source.label).toBe('web:7');
    expect(source.definition).toEqual(definition({ tags: tags.slice(0, 1) }));
    expect(source.revision).toEqual({
      arn: arnOf('web:7'),
      definition: source.definition,
      deployable: true,
    });
    expect(source.locate(['family'])).toBeUndefined();
  });

  it.each(['INACTIVE', 'DELETE_IN_PROGRESS'] as const)(
    'may be a deregistered revision (%s) only while it runs, and that is not deployable',
    async (status) => {
      ecs.on(DescribeTaskDefinitionCommand).resolves(described(definition(), status));
      await expect(load({ kind: 'running' })).resolves.toMatchObject({
        label: 'web:7',
        revision: { arn: arnOf('web:7'), deployable: false },
      });
      await expect(load({ kind: 'revision', id: 'web:7' })).rejects.toThrow(
        `web:7 is ${status}: it has been deregistered`,
      );
    },
  );

  it('is deployable where AWS tells no status', async () => {
    ecs.on(DescribeTaskDefinitionCommand).resolves(described(definition(), undefined));
    for (const reference of [{ kind: 'running' }, { kind: 'revision', id: 'web' }] as const) {
      await expect(load(reference)).resolves.toMatchObject({ revision: { deployable: true } });
    }
  });

  it.each([
    ['wbe:7', ['web', 'webshop'], /no task definition wbe:7\. Is web meant/],
    ['web:999', ['web'], /web exists/],
    ['web', [], /Check the name/],
    [arnOf('wbe:1'), ['web'], /Is web meant/],
  ])('is refused when there is no %s', async (id, families, message) => {
    ecs
      .on(DescribeTaskDefinitionCommand)
      .rejects(exception('ClientException', 'Unable to describe task definition.'));
    ecs.on(ListTaskDefinitionFamiliesCommand).resolves({ families });
    await expect(load({ kind: 'revision', id })).rejects.toMatchObject({
      problems: [{ input: 'task-definition', message: expect.stringMatching(message) }],
    });
  });

  it('is refused without a hint when families may not be listed', async () => {
    ecs.on(DescribeTaskDefinitionCommand).rejects(exception('ClientException'));
    ecs.on(ListTaskDefinitionFamiliesCommand).rejects(exception('AccessDeniedException'));
    await expect(load({ kind: 'revision', id: 'web' })).rejects.toThrow(/Check the name/);
  });

  it('lets other errors of AWS pass', async () => {
    const throttled = exception('ThrottlingException');
    ecs.on(DescribeTaskDefinitionCommand).rejects(throttled);
    await expect(load({ kind: 'revision', id: 'web' })).rejects.toBe(throttled);
  });

  it('names the permission that reading a revision needs', async () => {
    ecs.on(DescribeTaskDefinitionCommand).rejects(exception('AccessDeniedException'));
    await expect(load({ kind: 'revision', id: 'web' })).rejects.toThrow(
      /Input task-definition: web cannot be read: .*ecs:DescribeTaskDefinition/,
    );
  });

  it('is a file, compared with the newest revision of its family', async () => {
    ecs
      .on(DescribeTaskDefinitionCommand, { taskDefinition: 'web', include: ['TAGS'] })
      .resolves(described(definition()));
    const source = await loadFile(definition({ cpu: '512' }));
    expect(source.definition.cpu).toBe('512');
    expect(source.revision).toEqual({
      arn: arnOf('web:7'),
      definition: definition(),
      deployable: true,
    });
    expect(source.locate(['cpu'])).toEqual({ file: 'task.json', line: 1 });
  });

  it.each(['ClientException', 'AccessDeniedException'])(
    'is a file alone when the family answers %s',
    async (name) => {
      ecs.on(DescribeTaskDefinitionCommand).rejects(exception(name));
      expect((await loadFile(definition())).revision).toBeUndefined();
    },
  );

  it('asks nothing about a file without a family', async () => {
    expect((await loadFile({ containerDefinitions: [] })).revision).toBeUndefined();
    expect(ecs.calls()).toHaveLength(0);
  });
});
