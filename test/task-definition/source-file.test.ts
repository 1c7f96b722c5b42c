import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RejectedError } from '../../src/errors.ts';
import { readDefinitionFile } from '../../src/task-definition/source-file.ts';

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'task-definition-'));
});
afterAll(() => rm(workspace, { recursive: true }));

async function read(content: string | Uint8Array, name = 'task.json') {
  await writeFile(join(workspace, name), content);
  return readDefinitionFile(name, workspace);
}

async function problemsOf(content: string | Uint8Array, name?: string) {
  const error = await read(content, name).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RejectedError);
  return (error as RejectedError).problems;
}

const JSON_TEXT = `{
\t"family": "web",
\t"containerDefinitions": [
\t\t{"name": "app",
\t\t "image": "web:a"},
\t\t{"name": "side",
\t\t "command": ["sh", "-c", ""]}
\t]
}`;

const YAML_TEXT = `family: web
common: &common
  essential: false
  cpu: 10
containerDefinitions:
  - name: app
    image: web:a
  - <<: *common
    name: side
`;

describe('a task definition file', () => {
  it('is read from JSON with tabs, with the line of each value', async () => {
    const file = await read(JSON_TEXT);
    expect(file.definition).toEqual(JSON.parse(JSON_TEXT));
    expect(file.label).toBe('task.json');
    expect(file.locate(['containerDefinitions', 0, 'image'])).toEqual({
      file: 'task.json',
      line: 5,
    });
    expect(file.locate(['containerDefinitions', 1, 'command', 2]).line).toBe(7);
  });

  it('is located by the nearest ancestor of what is not there', async () => {
    const file = await read(JSON_TEXT);
    expect(file.locate(['containerDefinitions', 1, 'secrets', 4, 'name']).line).toBe(6);
    expect(file.locate(['executionRoleArn']).line).toBe(1);
  });

  it('is read from YAML with anchors and merge keys', async () => {
    const file = await read(YAML_TEXT, 'task.yml');
    expect(file.definition.containerDefinitions).toEqual([
      { name: 'app', image: 'web:a' },
      { name: 'side', essential: false, cpu: 10 },
    ]);
    expect(file.locate(['containerDefinitions', 0, 'image']).line).toBe(7);
    expect(file.locate(['containerDefinitions', 1, 'cpu']).line).toBe(8);
  });

  it('is located through an alias where the anchor stands', async () => {
    const text = 'x: &check\n  command: [a]\n  interval: 5\nhealthCheck: *check\n';
    const file = await read(text, 'task.yaml');
    expect(file.locate(['healthCheck', 'interval']).line).toBe(3);
    expect(file.locate(['healthCheck']).line).toBe(4);
  });

  it('may begin with a byte order mark or be in UTF-16', async () => {
    expect((await read('\ufeff{"family": "web"}')).definition.family).toBe('web');
    expect((await read(Buffer.from('\ufeff{"family": "web"}', 'utf16le'))).definition.family).toBe(
      'web',
    );
  });

  it('may be what describe-task-definition prints', async () => {
    const file = await read(`{
  "taskDefinition": {
    "family": "web", "revision": 7, "status": "ACTIVE", "taskDefinitionArn": "a", "compatibilities": [],
    "requiresAttributes": [], "registeredAt": 1, "registeredBy": "me", "deregisteredAt": 2,
    "deleteRequestedAt": 3, "volumes": [],
    "cpu": "256"
  },
  "tags": [{"key": "team", "value": ""},
    {"key": "aws:cloudformation:stack-name", "value": "x"}]
}`);
    expect(file.definition).toEqual({
      family: 'web',
      volumes: [],
      cpu: '256',
      tags: [{ key: 'team', value: '' }],
    });
    expect(file.locate(['cpu']).line).toBe(6);
    expect(file.locate(['tags', 0]).line).toBe(8);
  });

  it('loses members that are null and nothing else', async () => {
    const kept =
      '{"family":"web","containerDefinitions":[{"command":["sh",""],"links":[],"user":""}]}';
    const nulls = kept
      .replace('"user"', '"memory":null,"user"')
      .replace('"family"', '"cpu":null,"family"');
    expect((await read(nulls)).definition).toEqual(JSON.parse(kept));
  });

  it('is harmless with a member called __proto__', async () => {
    const { definition } = await read('{"family": "web", "__proto__": {"polluted": true}}');
    expect((definition as unknown as { polluted?: boolean }).polluted).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('names every null in a list', async () => {
    const problems = await problemsOf(
      '{"containerDefinitions": [{"command": [null,\n"a", null]},\nnull]}',
    );
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it.each([
    ['an empty file', 'task.json', ' \n', 1, /empty/],
    [
      'a trailing comma in an object',
      'task.json',
      '{\n"a": 1,\n}',
      3,
      /not valid JSON: .*property name/,
    ],
    ['a trailing comma in a list', 'task.json', '{\n"a": [1,\n]}', 3, /unexpected \]/],
    ['a comment', 'task.json', '{\n// family\n"a": 1}', 2, /not valid JSON/],
    ['single quotes', 'task.json', `{"a":\n'x'}`, 2, /unexpected '/],
    ['a missing end', 'task.json', '{"a":\n\n1', 3, /not valid JSON/],
    ['a missing value at the end', 'task.json', '{\n"a":\n', 2, /ends too early/],
    ['a list', 'task.json', '[\n{}]', 1, /a list/],
    ['a text', 'task.yaml', 'hello', 1, /a string/],
    ['a wrapper around nothing', 'task.json', '{\n"taskDefinition": null}', 2, /nothing/],
    [
      'CloudFormation properties',
      'task.json',
      '{"Type": 1,\n"ContainerDefinitions": []}',
      2,
      /CloudFormation.*containerDefinitions/,
    ],
    ['a CloudFormation template', 'task.yaml', 'Resources:\n  A: 1', 2, /CloudFormation/],
    ['a CloudFormation tag', 'task.yaml', 'family: web\ncpu: !Ref Cpu', 2, /!Ref/],
    ['two YAML documents', 'task.yaml', 'family: a\n---\nfamily: b', 2, /several YAML documents/],
    ['tabs in YAML', 'task.yaml', 'a:\n\tb: 1', 2, /cannot be read as YAML: .*tab/],
    ['a repeated key in YAML', 'task.yaml', 'a: 1\nb: 1\na: 2', 3, /unique/],
    ['an unknown alias', 'task.yaml', 'b: 1\na: *nobody', 2, /no anchor/],
    ['an alias before its anchor', 'task.yaml', 'b: 1\na: *x\nc: &x 1', 2, /no anchor/],
    ['a merge key of a text', 'task.yaml', 'a:\n  <<: b', undefined, /merge key/],
    ['an anchor in itself', 'task.yaml', 'a: &a [*a]', undefined, /alias of itself/],
    ['a bomb of aliases', 'task.yaml', bomb(), undefined, /unfold to too much/],
  ])('is refused for %s, with the line', async (_, name, content, line, message) => {
    const [problem, ...others] = await problemsOf(content, name);
    expect(problem).toMatchObject({ input: 'task-definition', file: name });
    expect(problem?.line).toBe(line);
    expect(problem?.message).toMatch(message);
    expect(others).toEqual([]);
  });

  it('is refused without quoting what it holds', async () => {
    for (const name of ['task.json', 'task.yaml']) {
      const problems = await problemsOf('{"PASSWORD": *hunter2}', name);
      expect(JSON.stringify(problems)).not.toContain('hunter2');
    }
  });

  it('is refused when it is not text', async () => {
    expect((await problemsOf(Uint8Array.of(0x7b, 0x80, 0x80)))[0]?.message).toMatch(/UTF-8/);
  });

  it('is refused when it is not there or is a directory', async () => {
    await expect(readDefinitionFile('./no/such.json', workspace)).rejects.toMatchObject({
      problems: [{ file: 'no/such.json', message: expect.stringMatching(/checked out/) }],
    });
    await expect(readDefinitionFile('.', workspace)).rejects.toThrow(/directory/);
  });
});

function bomb(): string {
  const level = (name: string, below: string) =>
    `${name}: &${name} [${Array(9).fill(below).join(', ')}]`;
  return [level('a', '1'), level('b', '*a'), level('c', '*b'), level('d', '*c')].join('\n');
}
