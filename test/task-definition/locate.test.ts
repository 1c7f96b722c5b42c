import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { applyChanges } from '../../src/task-definition/change.ts';
import { locator } from '../../src/task-definition/locate.ts';
import { readDefinitionFile } from '../../src/task-definition/source-file.ts';
import type { Path } from '../../src/task-definition/types.ts';
import { changesOf } from './factory.ts';

const TEXT = `family: web
cpu: "256"
containerDefinitions:
  - name: app
    image: web:a
    environment:
      - name: A
        value: "1"
      - name: B
        value: "2"
`;

describe('the line of a value after changes', () => {
  it.each<[string, Path, number | undefined]>([
    ['what is unchanged', ['family'], 1],
    ['what moved', ['containerDefinitions', 0, 'environment', 0, 'value'], 10],
    ['what is absent, near by', ['containerDefinitions', 0, 'environment', 0, 'typo'], 9],
    ['a list that changed', ['containerDefinitions', 0, 'environment'], 7],
    ['a value that an input set', ['containerDefinitions', 0, 'image'], undefined],
    ['an item that an input added', ['containerDefinitions', 0, 'environment', 1], undefined],
    ['a container that an input added', ['containerDefinitions', 1, 'image'], undefined],
    ['a member that an input removed', ['cpu'], undefined],
  ])('%s', async (_, path, line) => {
    const workspace = await mkdtemp(join(tmpdir(), 'locate-'));
    onTestFinished(() => rm(workspace, { recursive: true }));
    await writeFile(join(workspace, 'task.yaml'), TEXT);
    const file = await readDefinitionFile('task.yaml', workspace);
    const source = { ...file, revision: undefined };
    const here = { container: 'app' };
    const { definition: after } = applyChanges(
      file.definition,
      changesOf({
        overrides: { cpu: null, containerDefinitions: [{ name: 'side', image: 'x' }] },
        images: [{ ...here, image: 'web:b' }],
        unset: [{ ...here, name: 'A' }],
        environment: [{ ...here, name: 'C', value: '3' }],
      }),
      () => 'app',
    );
    expect(locator(source, after)(path)?.line).toBe(line);
  });
});
