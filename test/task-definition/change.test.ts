import { describe, expect, it, vi } from 'vitest';
import { RejectedError, rejected } from '../../src/errors.ts';
import { applyChanges } from '../../src/task-definition/change.ts';
import { chooseContainer } from '../../src/task-definition/container.ts';
import type { Changes, TaskDefinition } from '../../src/task-definition/types.ts';
import { changesOf, container, definition, withContainer } from './factory.ts';

const here = { container: undefined };

function apply(before: TaskDefinition, changes: Partial<Changes>) {
  const after = applyChanges(before, changesOf(changes), () => 'app');
  expect(after.problems).toEqual([]);
  return after.definition;
}

function containerOf(after: TaskDefinition, index = 0) {
  return after.containerDefinitions?.[index];
}

function problemsOf(before: TaskDefinition, changes: Partial<Changes>, choose = () => 'app') {
  return applyChanges(before, changesOf(changes), choose).problems;
}

describe('changes', () => {
  it('of nothing give the same, and ask for no default container', () => {
    const choose = vi.fn(() => 'app');
    expect(applyChanges(definition(), changesOf(), choose)).toEqual({
      definition: definition(),
      problems: [],
    });
    expect(choose).not.toHaveBeenCalled();
  });

  it('leave what they are made from untouched', () => {
    const before = withContainer({ environment: [{ name: 'A', value: '1' }] });
    const copy = structuredClone(before);
    apply(before, {
      images: [{ ...here, image: 'b' }],
      environment: [{ ...here, name: 'A', value: '2' }],
      secrets: [{ ...here, name: 'S', value: '/s' }],
      overrides: { containerDefinitions: [{ name: 'app', cpu: 5 }], cpu: null },
      tags: { a: 'b' },
    });
    expect(before).toEqual(copy);
  });

  it('set images by container, asking for the default one once', () => {
    const choose = vi.fn(() => 'app');
    const before = definition({ containerDefinitions: [container(), container({ name: 'side' })] });
    const { definition: after } = applyChanges(
      before,
      changesOf({
        images: [
          { ...here, image: 'web:b' },
          { container: 'side', image: 'side:b' },
        ],
        unset: [{ ...here, name: 'X' }],
      }),
      choose,
    );
    expect(after.containerDefinitions?.map(({ image }) => image)).toEqual(['web:b', 'side:b']);
    expect(choose).toHaveBeenCalledTimes(1);
    expect(choose).toHaveBeenCalledWith(before, 'image');
  });

  it('keep the place of a variable and add new ones at the end', () => {
    const before = withContainer({
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '' },
      ],
    });
    const environment = [
      { ...here, name: 'C', value: 'x=y' },
      { ...here, name: 'A', value: '' },
    ];
    expect(containerOf(apply(before, { environment }))?.environment).toEqual([
      { name: 'A', value: '' },
      { name: 'B', value: '' },
      { name: 'C', value: 'x=y' },
    ]);
  });

  it('turn a secret into a variable and a variable into a secret', () => {
    const before = withContainer({
      environment: [{ name: 'A', value: '1' }],
      secrets: [{ name: 'S', valueFrom: 'old' }],
    });
    const after = containerOf(
      apply(before, {
        environment: [{ ...here, name: 'S', value: '2' }],
        secrets: [{ ...here, name: 'A', value: '/a' }],
      }),
    );
    expect(after?.environment).toEqual([{ name: 'S', value: '2' }]);
    expect(after?.secrets).toEqual([{ name: 'A', valueFrom: '/a' }]);
  });

  it('unset variables and secrets, and shrug at those that are gone already', () => {
    const before = withContainer({
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      secrets: [{ name: 'S', valueFrom: 'old' }],
    });
    const unset = ['A', 'S', 'GONE'].map((name) => ({ ...here, name }));
    const once = apply(before, { unset });
    expect(containerOf(once)).toMatchObject({
      environment: [{ name: 'B', value: '2' }],
      secrets: [],
    });
    expect(apply(once, { unset })).toEqual(once);
  });

  it('unset before they set, and override before both', () => {
    const after = apply(definition(), {
      overrides: {
        containerDefinitions: [
          { name: 'app', image: 'o', environment: [{ name: 'A', value: 'o' }] },
        ],
      },
      images: [{ ...here, image: 'i' }],
      unset: [{ ...here, name: 'A' }],
      environment: [{ ...here, name: 'A', value: 'e' }],
    });
    expect(containerOf(after)).toMatchObject({
      image: 'i',
      environment: [{ name: 'A', value: 'e' }],
    });
  });

  it('keep malformed neighbours, for the validation to tell', () => {
    const before = withContainer({
      environment: [{ value: 'nameless' }, { name: 'A', value: '1' }],
    });
    const after = apply(before, { environment: [{ ...here, name: 'B', value: '2' }] });
    expect(containerOf(after)?.environment).toHaveLength(3);
  });

  it('merge tags by key', () => {
    const before = definition({
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    expect(apply(before, { tags: { b: '3', c: '' } }).tags).toEqual([
      { key: 'a', value: '1' },
      { key: 'b', value: '3' },
      { key: 'c', value: '' },
    ]);
  });

  it('write the sizes of the task as text', () => {
    expect(apply(definition({ cpu: 1024 }), { overrides: { memory: 2048 } })).toMatchObject({
      cpu: '1024',
      memory: '2048',
    });
  });

  it('tell every unknown container at once, with those there are', () => {
    const problems = problemsOf(definition(), {
      images: [{ container: 'apq', image: 'x' }],
      environment: [
        { container: 'web', name: 'A', value: 'secret-text' },
        { container: 'web', name: 'B', value: '' },
      ],
    });
    expect(problems.map(({ input }) => input)).toEqual(['image', 'environment']);
    expect(problems[0]?.message).toMatch(/"apq".*it has app\./);
    expect(JSON.stringify(problems)).not.toContain('secret-text');
  });

  it('pass on that there is no default container, once', () => {
    const problems = problemsOf(
      definition(),
      {
        images: [{ ...here, image: 'x' }],
        unset: [
          { ...here, name: 'A' },
          { container: 'nobody', name: 'A' },
        ],
      },
      () => {
        throw rejected('container', 'which?');
      },
    );
    expect(problems.map(({ input }) => input)).toEqual(['container', 'unset']);
  });

  it('refuse a name that is given as variable and as secret', () => {
    const twice = { ...here, name: 'A' };
    const problems = problemsOf(definition(), {
      environment: [{ ...twice, value: '1' }],
      secrets: [{ ...twice, container: 'app', value: '/a' }],
    });
    expect(problems).toMatchObject([
      { input: 'secrets', message: expect.stringMatching(/A of container app/) },
    ]);
  });

  it('refuse a bad secret reference without quoting it', () => {
    const problems = problemsOf(definition(), {
      secrets: [{ ...here, name: 'A', value: 'p@ss word!' }],
    });
    expect(problems).toMatchObject([{ input: 'secrets', message: expect.stringContaining(' A ') }]);
    expect(JSON.stringify(problems)).not.toContain('p@ss');
  });
});

describe('changes with a problem', () => {
  const outcome = (changes: Partial<Changes>, choose = () => 'app') =>
    applyChanges(
      withContainer({ secrets: [{ name: 'S', valueFrom: 'old' }] }),
      changesOf(changes),
      choose,
    );

  it('are left out and all others made', () => {
    const { definition: after, problems } = outcome({
      images: [
        { ...here, image: 'b' },
        { container: 'nobody', image: 'c' },
      ],
      environment: [
        { ...here, name: 'A', value: '1' },
        { ...here, name: 'TWICE', value: '2' },
      ],
      secrets: [
        { ...here, name: 'S', value: 'p@ss word!' },
        { ...here, name: 'TWICE', value: '/twice' },
        { ...here, name: 'T', value: '/t' },
      ],
      overrides: { cpu: 512 },
      tags: { a: 'b' },
    });
    expect(problems.map(({ input }) => input)).toEqual(['secrets', 'image', 'secrets']);
    expect(after).toMatchObject({ cpu: '512', tags: [{ key: 'a', value: 'b' }] });
    expect(containerOf(after)).toMatchObject({
      image: 'b',
      environment: [
        { name: 'A', value: '1' },
        { name: 'TWICE', value: '2' },
      ],
      secrets: [
        { name: 'S', valueFrom: 'old' },
        { name: 'T', valueFrom: '/t' },
      ],
    });
  });

  it('tell a bad reference also where its container is unknown or it is a variable too', () => {
    const { problems } = outcome({
      environment: [{ ...here, name: 'A', value: '1' }],
      secrets: [
        { ...here, name: 'A', value: 'p@ss word!' },
        { container: 'nobody', name: 'B', value: 'p@ss word!' },
      ],
    });
    expect(problems).toHaveLength(4);
  });

  it('are those of the default container where there is none', () => {
    const { definition: after, problems } = outcome(
      {
        images: [{ ...here, image: 'b' }],
        environment: [{ container: 'app', name: 'A', value: '1' }],
      },
      () => {
        throw rejected('container', 'which?');
      },
    );
    expect(problems).toHaveLength(1);
    expect(containerOf(after)).toMatchObject({
      image: container().image,
      environment: [{ name: 'A', value: '1' }],
    });
  });

  it('keep the containers whatever the overrides are', () => {
    for (const containerDefinitions of [[{ image: 'x' }], [null], [null, { image: 'x' }]]) {
      const overrides = { cpu: '512', containerDefinitions };
      const { definition: after, problems } = outcome({ overrides });
      expect(problems.length).toBe(containerDefinitions.length);
      expect(after).toEqual({ ...outcome({}).definition, cpu: '512' });
    }
  });

  it('leave the sound items of overrides in', () => {
    const containerDefinitions = [
      { image: 'x' },
      { name: 'app', command: ['a', null], user: null },
      { name: 'side' },
    ];
    const { definition: after, problems } = outcome({ overrides: { containerDefinitions } });
    expect(problems).toHaveLength(2);
    expect(after.containerDefinitions).toMatchObject([
      { name: 'app', command: ['a'] },
      { name: 'side' },
    ]);
  });

  it('let every other error pass', () => {
    const choose = () => {
      throw new TypeError('bug');
    };
    expect(() => outcome({ images: [{ ...here, image: 'b' }] }, choose)).toThrow(TypeError);
  });
});

describe('overrides', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>]>([
    ['replace a scalar', { cpu: '256' }, { cpu: '512' }, { cpu: '512' }],
    ['remove a member', { cpu: '256', pidMode: 'task' }, { pidMode: null }, { cpu: '256' }],
    [
      'merge objects deeply',
      { a: { b: { c: 1 }, d: 1 } },
      { a: { b: { e: 2 } } },
      { a: { b: { c: 1, e: 2 }, d: 1 } },
    ],
    [
      'remove nulls of what is new',
      {},
      { a: { b: null, c: [{ d: null, e: 1 }] } },
      { a: { c: [{ e: 1 }] } },
    ],
    ['replace other lists', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['replace by an empty list', { volumes: [{ name: 'a' }] }, { volumes: [] }, { volumes: [] }],
    [
      'merge by name',
      { volumes: [{ name: 'a', host: 1 }] },
      { volumes: [{ name: 'b' }, { name: 'a', x: 1 }] },
      { volumes: [{ name: 'a', host: 1, x: 1 }, { name: 'b' }] },
    ],
    [
      'merge system controls by namespace',
      { systemControls: [{ namespace: 'a', value: '1' }] },
      { systemControls: [{ namespace: 'b', value: '2' }] },
      {
        systemControls: [
          { namespace: 'a', value: '1' },
          { namespace: 'b', value: '2' },
        ],
      },
    ],
    [
      'merge tags by key',
      { tags: [{ key: 'a', value: '1' }] },
      { tags: [{ key: 'b', value: '2' }] },
      {
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
      },
    ],
    [
      'replace a list with nameless items',
      { portMappings: [{ containerPort: 80, name: 'http' }] },
      { portMappings: [{ containerPort: 81 }] },
      { portMappings: [{ containerPort: 81 }] },
    ],
  ])('%s', (_, before, overrides, after) => {
    expect(apply(before as unknown as TaskDefinition, { overrides })).toEqual(after);
  });

  it('change one container, add another and remove a field of the first', () => {
    const before = withContainer({ user: 'root', environment: [{ name: 'A', value: '1' }] });
    const after = apply(before, {
      overrides: {
        containerDefinitions: [
          { name: 'app', user: null, environment: [{ name: 'B', value: '2' }] },
          { name: 'side', image: 'side:1' },
        ],
      },
    });
    expect(after.containerDefinitions).toEqual([
      container({
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
      { name: 'side', image: 'side:1' },
    ]);
  });

  it('are refused where they would replace every container or hold a null in a list', () => {
    const overrides = { containerDefinitions: [{ image: 'x', command: ['a', null] }] };
    const problems = problemsOf(definition(), { overrides });
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('containerDefinitions[0].command[1]'),
      expect.stringContaining('needs the name'),
    ]);
  });

  it('do not touch the prototype of anything', () => {
    const overrides = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
    );
    const after = apply(definition(), { overrides });
    expect(after).not.toHaveProperty('polluted');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('the default container', () => {
  const two = definition({ containerDefinitions: [container(), container({ name: 'side' })] });
  const sidecar = definition({
    containerDefinitions: [
      container({ name: 'side', essential: false }),
      container({ essential: undefined }),
    ],
  });
  const choice = { wanted: undefined, loadBalancerContainers: [], neededBy: 'image' };

  it.each([
    ['the one wanted', two, { ...choice, wanted: 'side', loadBalancerContainers: ['app'] }, 'side'],
    [
      'the one behind the load balancer',
      two,
      { ...choice, loadBalancerContainers: ['side', 'side'] },
      'side',
    ],
    ['the only essential one', sidecar, choice, 'app'],
    ['the only one', withContainer({ essential: false }), choice, 'app'],
    [
      'the essential one where the load balancer knows others',
      sidecar,
      { ...choice, loadBalancerContainers: ['gone'] },
      'app',
    ],
  ])('is %s', (_, from, by, expected) => {
    expect(chooseContainer(from, by)).toBe(expected);
  });

  it.each([
    ['several are essential', two, choice, /image.*app and side/],
    [
      'the load balancer has several',
      two,
      { ...choice, loadBalancerContainers: ['app', 'side'] },
      /app and side/,
    ],
    ['the wanted one is not there', two, { ...choice, wanted: 'web' }, /"web".*app and side/],
    ['there is none', definition({ containerDefinitions: [] }), choice, /none/],
  ])('is refused when %s', (_, from, by, message) => {
    expect(() => chooseContainer(from, by)).toThrow(message);
    expect(() => chooseContainer(from, by)).toThrow(RejectedError);
  });
});
