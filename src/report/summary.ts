import { summary } from '@actions/core';
import { type Run, runUrl } from './github/run.ts';
import type { Report } from './report.ts';
import { summaryMarkdown } from './view/view.ts';

/**
 * The job summary, written once, at the end.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
export function summaryReport(run: Run): Report {
  return {
    name: 'The job summary',
    remedy: '',
    show() {},
    async finish(pictures) {
      try {
        await summary.addRaw(summaryMarkdown(pictures, runUrl(run)), true).write();
        return [];
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        return [{ kind: 'refused', words }];
      }
    },
  };
}
