import { describe, expect, it } from 'vitest';
import { type Change, describeChange, diff } from '../../src/task-definition/diff.ts';
import { container, definition, ROLE, withContainer } from './factory.ts';

const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

describe('the plan', () => {
  it('is empty when nothing changes that ECS would see', () => {
    const before = definition({
      volumes: [],
      containerDefinitions: [container({ cpu: 0, environment: [] })],
    });
    const after = definition({ cpu: '.25 vCPU', memory: '0.5 GB', executionRoleArn: 'execution' });
    expect(diff(before, after)).toEqual([]);
  });

  it('names everything that changes, and values of images, sizes and roles alone', () => {
    const before = definition({
      tags: [
        { key: 'gone', value: 'tag-value' },
        { key: 'team', value: 'tag-value' },
      ],
      containerDefinitions: [
        container({
          environment: [
            { name: 'OLD', value: 'value-1' },
            { name: 'PASSWORD', value: 'value-2' },
            { name: 'SAME', value: 'value-3' },
            { name: 'LEVEL', value: 'value-4' },
          ],
          secrets: [{ name: 'TOKEN', valueFrom: 'value-5' }],
          ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }],
          healthCheck: { command: ['value-6'], interval: 10 },
        }),
        container({ name: 'gone' }),
      ],
    });
    const after = definition({
      cpu: '512',
      memory: '1024',
      taskRoleArn: ROLE,
      pidMode: 'task',
      tags: [
        { key: 'team', value: 'tag-value-2' },
        { key: 'new', value: 'tag-value' },
      ],
      containerDefinitions: [
        container({
          image: 'web:b',
          environment: [
            { name: 'LEVEL', value: 'value-7' },
            { name: 'SAME', value: 'value-3' },
          ],
          secrets: [
            { name: 'TOKEN', valueFrom: 'value-8' },
            { name: 'PASSWORD', valueFrom: 'value-9' },
          ],
          ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 2 }],
          healthCheck: { command: ['value-6'] },
          command: ['value-10'],
        }),
        container({ name: 'new', image: 'new:1', environment: [{ name: 'X', value: 'value-11' }] }),
      ],
    });
    const changes = diff(before, after);
    expect(changes).toEqual([
      { kind: 'image', container: 'app', from: `${ECR}/web:a`, to: 'web:b' },
      { kind: 'environment', container: 'app', name: 'LEVEL', change: 'changed' },
      { kind: 'environment', container: 'app', name: 'OLD', change: 'removed' },
      { kind: 'environment', container: 'app', name: 'PASSWORD', change: 'removed' },
      { kind: 'secret', container: 'app', name: 'TOKEN', change: 'changed' },
      { kind: 'secret', container: 'app', name: 'PASSWORD', change: 'added' },
      { kind: 'field', container: 'app', path: 'ulimits[nofile].softLimit', change: 'changed' },
      { kind: 'field', container: 'app', path: 'healthCheck.interval', change: 'removed' },
      { kind: 'field', container: 'app', path: 'command', change: 'added' },
      { kind: 'container', name: 'gone', change: 'removed' },
      { kind: 'container', name: 'new', change: 'added' },
      { kind: 'image', container: 'new', from: null, to: 'new:1' },
      { kind: 'size', field: 'cpu', from: '256', to: '512' },
      { kind: 'size', field: 'memory', from: '512', to: '1024' },
      { kind: 'role', field: 'taskRoleArn', from: null, to: ROLE },
      { kind: 'tag', name: 'gone', change: 'removed' },
      { kind: 'tag', name: 'team', change: 'changed' },
      { kind: 'tag', name: 'new', change: 'added' },
      { kind: 'field', path: 'pidMode', change: 'added' },
    ]);
    expect(JSON.stringify(changes)).not.toContain('value-');
  });

  it('of a new family adds everything', () => {
    expect(diff(undefined, withContainer({ image: 'web:a' }))).toEqual([
      { kind: 'container', name: 'app', change: 'added' },
      { kind: 'image', container: 'app', from: null, to: 'web:a' },
      { kind: 'size', field: 'cpu', from: null, to: '256' },
      { kind: 'size', field: 'memory', from: null, to: '512' },
      { kind: 'role', field: 'executionRoleArn', from: null, to: ROLE },
      { kind: 'field', path: 'family', change: 'added' },
      { kind: 'field', path: 'networkMode', change: 'added' },
      { kind: 'field', path: 'requiresCompatibilities', change: 'added' },
    ]);
  });
});

describe('a change in one line', () => {
  const digest = (first: string) => `${ECR}/web@sha256:${first.padEnd(64, '0')}`;
  const image = (from: string | null, to: string | null): Change => ({
    kind: 'image',
    container: 'app',
    from,
    to,
  });
  const role = (from: string | null, to: string | null): Change => ({
    kind: 'role',
    field: 'taskRoleArn',
    from,
    to,
  });
  it.each<[Change, string]>([
    [image('web:a', 'web:b'), 'app: image web:a → web:b'],
    [image(`${ECR}/web:a`, `${ECR}/web:b`), 'app: image web:a → web:b'],
    [image(`${ECR}/web:a`, 'ghcr.io/o/web:a'), `app: image ${ECR}/web:a → ghcr.io/o/web:a`],
    [image('localhost:5000/web:a', 'localhost:5000/web:b'), 'app: image web:a → web:b'],
    [image('owner/web:a', 'owner/web:b'), 'app: image owner/web:a → owner/web:b'],
    [
      image(digest('a'), digest('b')),
      'app: image web@sha256:a00000000000… → web@sha256:b00000000000…',
    ],
    [image(null, `${ECR}/web:a`), 'app: image web:a'],
    [image('web:a', null), 'app: image web:a → none'],
    [{ kind: 'environment', container: 'app', name: 'A', change: 'removed' }, 'app: − variable A'],
    [{ kind: 'secret', container: 'app', name: 'A', change: 'added' }, 'app: + secret A'],
    [{ kind: 'container', name: 'side', change: 'added' }, '+ container side'],
    [{ kind: 'tag', name: 'team', change: 'changed' }, '~ tag team'],
    [{ kind: 'size', field: 'cpu', from: '256', to: '512' }, 'cpu 256 → 512'],
    [role('arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/path/b'), 'taskRoleArn a → b'],
    [
      role('arn:aws:iam::1:role/a', 'arn:aws:iam::2:role/a'),
      'taskRoleArn arn:aws:iam::1:role/a → arn:aws:iam::2:role/a',
    ],
    [role('arn:aws:iam::1:role/a', null), 'taskRoleArn a → none'],
    [
      { kind: 'field', container: 'app', path: 'healthCheck.interval', change: 'changed' },
      'app: ~ healthCheck.interval',
    ],
    [{ kind: 'field', path: 'family', change: 'changed' }, '~ family'],
  ])('%j', (change, line) => {
    expect(describeChange(change)).toBe(line);
  });
});
