/**
 * Shows Markdown as GitHub does: the pull request's comments and the job summaries of a few runs, on
 * one HTML page that follows the reader's light or dark, with its charts drawn.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Marked } from 'marked';

const require = createRequire(import.meta.url);

/** Something that is shown in a frame of its own. */
export interface Exhibit {
  readonly id: string;
  readonly title: string;
  readonly kind: 'comment' | 'summary';
  readonly markdown: string;
}

/** A page that needs nothing but itself. */
export function githubPage(title: string, exhibits: readonly Exhibit[]): string {
  const css = readFileSync(require.resolve('github-markdown-css/github-markdown.css'), 'utf8');
  const mermaid = readFileSync(require.resolve('mermaid/dist/mermaid.min.js'), 'utf8');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${css}</style>
<style>${frame}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${exhibits.map(section).join('\n')}
</main>
<script>${mermaid.replaceAll('</script', '<\\/script')}</script>
<script>
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  mermaid.initialize({ startOnLoad: true, theme: dark ? 'dark' : 'default', gantt: { useWidth: 820 } });
</script>
</html>
`;
}

/** What stands around a comment on GitHub. */
const frame = `
  :root { color-scheme: light dark; }
  body { margin: 0; background: light-dark(#ffffff, #0d1117); font-family: -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
  main { max-width: 860px; margin: 0 auto; padding: 24px 12px; }
  h1, h2 { color: light-dark(#1f2328, #f0f6fc); font-weight: 600; }
  h1 { font-size: 24px; } main > section > h2 { font-size: 16px; margin: 32px 0 8px; }
  .frame { border: 1px solid light-dark(#d1d9e0, #3d444d); border-radius: 6px; overflow: hidden; }
  .author { padding: 8px 16px; font-size: 14px; color: light-dark(#59636e, #9198a1); background: light-dark(#f6f8fa, #151b23); border-bottom: 1px solid light-dark(#d1d9e0, #3d444d); }
  .author b { color: light-dark(#1f2328, #f0f6fc); }
  .markdown-body { padding: 16px; font-size: 14px; }
  .markdown-body pre.mermaid { background: none; text-align: center; }
`;

function section({ id, title, kind, markdown }: Exhibit): string {
  const author =
    kind === 'comment' ? '<b>github-actions</b> bot commented' : '<b>deploy</b> summary';
  return `<section id="${escapeHtml(id)}"><h2>${escapeHtml(title)}</h2><div class="frame"><div class="author">${author}</div><article class="markdown-body">${render(markdown)}</article></div></section>`;
}

const marked = new Marked({
  gfm: true,
  renderer: {
    code({ text, lang }) {
      return lang === 'mermaid' ? `<pre class="mermaid">${escapeHtml(text)}</pre>` : false;
    },
  },
});

function render(markdown: string): string {
  return marked.parse(markdown, { async: false });
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
