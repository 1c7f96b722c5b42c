import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/report/picture.ts';
import { commentMarkdown, summaryMarkdown } from '../../../src/report/view/view.ts';
import { emptyResult, type Result, type Status } from '../../../src/result.ts';
import { finding, service, start, stateAfter, stoppedTask } from '../../support/rollout.ts';
import { active, hostile, partsOf, seeded } from './inert.ts';

const run = 'https://github.com/example/shop/actions/runs/1';
const revision = (text: string) => `arn:aws:ecs:eu-west-1:1:task-definition/${text}:8`;
const group = (text: string) => `arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${text}/0123`;

/** A picture in which a stranger has written everything that can be written. */
function pictureOf(status: Status | undefined, text: string, times = 1): Picture {
  const many = <T>(one: (index: number) => T) => Array.from({ length: times }, (_, i) => one(i));
  const found = (index: number) =>
    finding({
      ...{
        class: index === 0 ? 'secret-access-denied' : 'other',
        summary: `The ${text}: ${index}`,
      },
      ...{ principal: text, resource: text, container: text, secret: text, evidence: text },
      ...{ fix: `Do ${text}\naws ${text}\n{\n  ${text}\n}`, file: text, line: 7 },
    });
  const result: Result = {
    ...emptyResult(text, text),
    ...{ status: status ?? 'failed', summary: [`${text} · ${text}: no.`, text] },
    runningTaskDefinitionArn: revision(text),
    problems: many((i) => ({ message: `${text}\n${text} ${i}`, input: text, file: text, line: 1 })),
    diagnosis: many(found),
  };
  const seen = stateAfter([
    {
      seconds: 60,
      service: {},
      events: many((i) => `(service web) ${text} ${i}`),
      tasks: many((i) =>
        stoppedTask({
          arn: `arn:aws:ecs:eu-west-1:1:task/prod/${text}${i}`,
          reason: `${text} ${i}`,
        }),
      ),
    },
  ]);
  const tail = { taskArn: text, container: text, group: text, stream: text };
  const state = {
    ...seen,
    attempt: { ...seen.attempt, deploymentId: text },
    logTails: many(() => ({ ...tail, lines: [text, text] })),
    targets: many((index) => ({
      ...{ group: group(text), id: `${text}${index}`, port: 80, isOwn: index % 2 === 0 },
      ...{ state: 'unhealthy', reason: text, description: text },
    })),
    response: { kind: 'left', why: text } as const,
    respondedAt: start + 50_000,
  };
  const checks = many((index) => ({ what: `${text} ${index}`, finding: found(index), why: text }));
  return {
    ...{ cluster: text, service: text, environment: text, startedAt: start, now: start + 90_000 },
    clusterArn: service().clusterArn,
    serviceArn: service().arn,
    ...{ before: revision(text), revision: revision(`${text}x`), registeredAt: start - 1_000 },
    plan: {
      ...{ source: text, register: true, service: many(() => text) },
      taskDefinition: many((index) => [
        { kind: 'image' as const, container: text, from: text, to: `${text}${index}` },
        { kind: 'environment' as const, container: text, name: text, change: 'added' as const },
        { kind: 'secret' as const, container: text, name: text, change: 'removed' as const },
        { kind: 'container' as const, name: text, change: 'added' as const },
        { kind: 'size' as const, field: 'cpu' as const, from: text, to: text },
        { kind: 'role' as const, field: 'taskRoleArn' as const, from: text, to: text },
        { kind: 'tag' as const, name: text, change: 'changed' as const },
      ]).flat(),
    },
    checks: checks.flatMap((check) => [
      { mark: 'fails' as const, ...check },
      { mark: 'not-checked' as const, ...check },
      { mark: 'passed' as const, ...check },
    ]),
    rollout: {
      state,
      verdict: { status: 'in-progress', phase: 'failing' },
      findings: many(found),
    },
    url: `tcp://${text}`,
    urlNotes: [text],
    targetGroups: [
      {
        ...{ arn: group(text), name: text, targetType: text },
        healthCheck: {
          ...{ protocol: text, path: text, port: text, codes: text },
          ...{ interval: 1, timeout: 1, unhealthyThreshold: 1 },
        },
      },
    ],
    logs: [
      { container: text, group: text, region: 'eu-west-1', streamPrefix: '', ifMissing: 'fails' },
    ],
    result: status === undefined ? undefined : result,
  };
}

const endings: readonly (Status | undefined)[] = [
  undefined,
  'succeeded',
  'unchanged',
  'planned',
  'started',
  'rolled-back',
  'failed',
  'superseded',
  'stopped',
  'timed-out',
  'cancelled',
  'rejected',
];

const ours = /^https:\/\/(?:github\.com\/example\/shop\/|eu-west-1\.console\.aws\.amazon\.com\/)/;
const tag = /^(?:<details><summary>[\w '():,·]+<\/summary>|<\/details>)$/;

/** Only what we have written does anything. */
function expectInert(markdown: string): void {
  const { links, images, html, words, blocks } = partsOf(markdown);
  expect(images).toEqual([]);
  for (const one of links) expect(one).toMatch(ours);
  for (const one of html) expect(one).toMatch(tag);
  expect(html.filter((one) => one === '</details>')).toHaveLength(html.length / 2);
  for (const one of words) for (const pattern of active) expect(one).not.toMatch(pattern);
  expect(blocks.filter((kind) => kind === 'heading')).toHaveLength(1);
  expect(blocks.filter((kind) => kind === 'blockquote' || kind === 'hr' || kind === 'def')).toEqual(
    [],
  );
}

/** Each other way in which the parts are put together. */
const kinds = [undefined, 'succeeded', 'rolled-back', 'rejected'] as const;

describe.each(kinds)('a comment on a deploy that ended as %s', (status) => {
  it('let no stranger’s text do anything', () => {
    for (const text of hostile) {
      const picture = pictureOf(status, text, text.length > 1_000 ? 1 : 2);
      expectInert(commentMarkdown(picture, run));
    }
  });

  it.each([
    ['one text that is very long', 'x'.repeat(100_000), 1],
    ['one of many words', 'web:8 is not here. '.repeat(5_000), 3],
    ['many long texts', `${'long '.repeat(180)}`, 60],
    ['hundreds of texts', 'short one', 300],
  ])('stay within their limits with %s, and keep headline and links', (_, text, times) => {
    const picture = pictureOf(status, text, times);
    const comment = commentMarkdown(picture, run);
    expect(comment.length).toBeLessThanOrEqual(64_000);
    expectInert(comment);
    expect(comment).toMatch(/^### \S/);
    expect(comment).toContain(`](${run})`);
  });
});

it('a summary of ten services stays below a mebibyte, and each has its headline', () => {
  const picture = pictureOf('failed', '漢字'.repeat(200), 60);
  const summary = summaryMarkdown(Array(10).fill(picture), run);
  expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576);
  expect(summary.match(/^### /gm)).toHaveLength(10);
  for (const part of summary.split('\n\n---\n\n')) expectInert(part);
});

it('the first finding survives whatever else must be left out', () => {
  const picture = pictureOf('failed', `${'long '.repeat(180)}`, 100);
  expect(commentMarkdown(picture, run)).toContain('line 7');
});

it('no random mixture does anything in a comment', () => {
  const random = seeded(7);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const bits = [...hostile.filter(({ length }) => length < 100), ...'`|\\<>[]()!*_ \n', 'web'];
  for (let count = 0; count < 120; count++) {
    const text = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(bits)).join('');
    expectInert(commentMarkdown(pictureOf(pick(endings), text), run));
  }
});
