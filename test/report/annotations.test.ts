import * as core from '@actions/core';
import { afterEach, expect, it, vi } from 'vitest';
import { annotator } from '../../src/report/annotations.ts';

vi.mock('@actions/core', { spy: true });
const [error, warning, info] = [core.error, core.warning, core.info].map((one) =>
  vi.mocked(one).mockImplementation(() => {}),
);
afterEach(() => vi.clearAllMocks());

it('ties a problem to its file and line', () => {
  annotator()('error', 'wrong', { file: 'task-definition.json', startLine: 24 });
  expect(error).toHaveBeenCalledExactlyOnceWith('wrong', {
    ...{ title: 'ECS Rollout', file: 'task-definition.json', startLine: 24 },
  });
});

it('makes no more than are shown, and leaves room for how the step ends; the rest is in the log', () => {
  const annotate = annotator();
  for (let number = 1; number <= 9; number++) {
    annotate('error', `error ${number}`);
    annotate('warning', `warning ${number}`);
  }
  expect(error).toHaveBeenCalledTimes(8);
  expect(warning).toHaveBeenCalledTimes(7);
  expect(vi.mocked(core.info).mock.calls.map(([line]) => line)).toEqual([
    ...['warning: warning 8', 'error: error 9', 'warning: warning 9'],
  ]);
  for (let number = 1; number <= 4; number++) annotate('warning', `last ${number}`, {}, true);
  expect(warning).toHaveBeenCalledTimes(10);
  expect(info).toHaveBeenLastCalledWith('warning: last 4');
});
